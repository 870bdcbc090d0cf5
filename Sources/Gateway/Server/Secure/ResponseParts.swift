import NIOCore
import NIOHTTP1
import Rooms
import Text

/// The parts of a response, made from its bytes in HTTP/1.1, for a connection that has no such bytes (RFC 9113 §8.1): its
/// head, and its content without the chunks around it. A value that remembers where it is.
struct ResponseParts {
    /// The bytes of a head that is not complete; nil behind it.
    private var head: ByteBuffer? = ByteBuffer()
    /// Nil for a response without chunks.
    private var chunks: ChunkRemoval?

    mutating func take(_ bytes: ByteBuffer) -> [HTTPServerResponsePart] {
        guard var whole = head else { return body(bytes) }
        whole.writeImmutableBuffer(bytes)
        head = whole
        guard let end = whole.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound,
            let fields = whole.readSlice(length: end - whole.readerIndex)
        else { return [] }
        head = nil
        let parsed = Self.head(String(buffer: fields))
        if parsed.headers.contains(name: "transfer-encoding") {
            var removal = ChunkRemoval()
            _ = removal.take(fields)
            chunks = removal
        }
        return [.head(Self.withoutFraming(parsed))] + body(whole)
    }

    private mutating func body(_ bytes: ByteBuffer) -> [HTTPServerResponsePart] {
        let content = chunks?.take(bytes) ?? bytes
        return content.readableBytes > 0 ? [.body(.byteBuffer(content))] : []
    }

    /// Of a head that we have made ourselves.
    private static func head(_ text: String) -> HTTPResponseHead {
        var lines = text.split(separator: "\r\n")
        let status = lines.isEmpty ? nil : lines.removeFirst().split(separator: " ").dropFirst().first
        var headers = HTTPHeaders()
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers.add(name: String(line[..<colon]), value: String(line[line.index(after: colon)...].trimmed))
        }
        return HTTPResponseHead(
            version: .http2, status: .init(statusCode: status.flatMap { Int($0) } ?? 500), headers: headers)
    }

    /// Without the fields that speak of one connection (RFC 9113 §8.2.2).
    private static func withoutFraming(_ head: HTTPResponseHead) -> HTTPResponseHead {
        var head = head
        for name in ["transfer-encoding", "connection"] { head.headers.remove(name: name) }
        return head
    }
}
