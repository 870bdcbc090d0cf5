public import Events
public import NIOCore

/// The wire form of an event stream: SSE events and comments, each wrapped as one HTTP/1.1 chunk.
public enum StreamBytes {
    /// `: heartbeat`, a comment that clients skip and proxies see (HTML §9.2.7).
    public static let heartbeat = chunk(ByteBuffer(string: ":heartbeat\n\n").readableBytesView)
    /// Bytes after an event's object: two line ends and that of its chunk.
    static let tail = 4
    /// The last chunk of a response that ends cleanly.
    public static let end = ByteBuffer(string: "0\r\n\r\n")

    /// - Parameters:
    ///   - id: becomes the client's `Last-Event-ID`; nil leaves it alone.
    ///   - retry: milliseconds that a native client shall wait before it reconnects.
    ///   - json: one line, as `JSONWriter` makes it.
    public static func event(id: Cursor?, retry: Int? = nil, json: [UInt8]) -> ByteBuffer {
        var lead = [UInt8]()
        lead.reserveCapacity(64)
        if let retry { lead.append(contentsOf: "retry: \(retry)\n".utf8) }
        if let id { lead.append(contentsOf: "id: \(id)\n".utf8) }
        lead.append(contentsOf: "data: ".utf8)
        let count = lead.count + json.count + 2
        let size = String(count, radix: 16)
        var buffer = ByteBufferAllocator().buffer(capacity: size.utf8.count + 2 + count + 2)
        buffer.writeString(size)
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(lead)
        buffer.writeBytes(json)
        buffer.writeStaticString("\n\n\r\n")
        return buffer
    }

    /// An SSE block with the fields of a dialect (HTML §9.2.5).
    ///
    /// - Parameters:
    ///   - name: what a client listens for; nil is for `onmessage`. Neither it nor `id` may hold a line break.
    ///   - json: one line; nil moves `id` and `retry` without an event.
    public static func block(name: String? = nil, id: String? = nil, retry: Int? = nil, json: [UInt8]?) -> ByteBuffer {
        var text: [UInt8] = []
        text.reserveCapacity(64 + (json?.count ?? 0))
        if let retry { text += "retry: \(retry)\n".utf8 }
        if let id { text += "id: \(id)\n".utf8 }
        if let name { text += "event: \(name)\n".utf8 }
        if let json {
            text += "data: ".utf8
            text += json
            text.append(UInt8(ascii: "\n"))
        }
        text.append(UInt8(ascii: "\n"))
        return chunk(text)
    }

    /// A `retry:` line of its own.
    public static func retry(milliseconds: Int) -> ByteBuffer { chunk("retry: \(milliseconds)\n\n".utf8) }

    private static func chunk(_ bytes: some Collection<UInt8>) -> ByteBuffer {
        var buffer = ByteBuffer(string: String(bytes.count, radix: 16) + "\r\n")
        buffer.writeBytes(bytes)
        buffer.writeStaticString("\r\n")
        return buffer
    }
}
