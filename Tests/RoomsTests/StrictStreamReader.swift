import NIOCore

/// What a client makes of a stream's bytes, read without any of the gateway's code: chunks by RFC 9112 §7.1 with
/// nothing that is optional, events by HTML §9.2.6, and no byte that is neither.
struct StrictStreamReader {
    struct Event: Equatable {
        var id: String?
        var retry: Int?
        var name: String?
        var data = ""
    }

    struct Refusal: Error {
        let what: String
        /// Of the chunk behind the last whole one.
        let offset: Int
    }

    /// What a client would dispatch, and what only sets `retry`.
    private(set) var events: [Event] = []
    private(set) var comments: [String] = []
    /// What the client would send as `Last-Event-ID`.
    private(set) var lastEventID = ""
    /// Whether the last chunk came.
    private(set) var isEnded = false

    private var unread: ArraySlice<UInt8> = []
    private var offset = 0

    init() {}

    /// A stream that ends between two chunks.
    init(_ buffer: ByteBuffer) throws {
        try read(buffer.readableBytesView)
        guard isWhole else { throw refusal("a chunk cut off") }
    }

    /// Whether all bytes so far are whole chunks.
    var isWhole: Bool { unread.isEmpty }

    /// Takes what has come, up to the last whole chunk.
    mutating func read(_ bytes: some Sequence<UInt8>) throws {
        unread = ArraySlice(unread + bytes)
        while let body = try nextChunk() {
            guard !isEnded else { throw refusal("bytes behind the end") }
            if body.isEmpty { isEnded = true } else { try block(body) }
        }
        if isEnded, !isWhole { throw refusal("bytes behind the end") }
    }

    private func refusal(_ what: String) -> Refusal { Refusal(what: what, offset: offset) }

    // MARK: Chunks

    /// Nil when the next one has not come in whole.
    private mutating func nextChunk() throws -> ArraySlice<UInt8>? {
        let digits = unread.prefix { $0 != 0x0D }
        guard digits.count <= 8, digits.allSatisfy({ "0123456789abcdef".utf8.contains($0) }),
            digits.first != UInt8(ascii: "0") || digits.count == 1
        else { throw refusal("not a chunk size") }
        guard digits.endIndex + 1 < unread.endIndex else { return nil }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), unread[digits.endIndex + 1] == 0x0A
        else { throw refusal("not a chunk size") }
        let body = unread[(digits.endIndex + 2)...].prefix(size)
        guard body.endIndex + 1 < unread.endIndex else { return nil }
        guard unread[body.endIndex] == 0x0D, unread[body.endIndex + 1] == 0x0A else { throw refusal("no CRLF") }
        offset += body.endIndex + 2 - unread.startIndex
        unread = unread[(body.endIndex + 2)...]
        return body
    }

    // MARK: Events

    /// One chunk holds whole events, so that it can be cut anywhere between two.
    private mutating func block(_ body: ArraySlice<UInt8>) throws {
        guard String(validating: body, as: UTF8.self) != nil else {
            throw refusal("not UTF-8")
        }
        var event = Event()
        var hasData = false
        var rest = body
        while !rest.isEmpty {
            guard let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
                throw refusal("a line without end")
            }
            let line = rest[..<end]
            let isCRLF = rest[end] == 0x0D && end + 1 < rest.endIndex && rest[end + 1] == 0x0A
            rest = rest[(end + (isCRLF ? 2 : 1))...]
            if line.isEmpty {
                if hasData || event.retry != nil { events.append(event) }
                (event, hasData) = (Event(), false)
                guard rest.isEmpty else { throw refusal("more than one event in a chunk") }
            } else {
                try take(line, into: &event, &hasData)
            }
        }
        guard !hasData, event == Event() else { throw refusal("an event without end") }
    }

    private mutating func take(_ line: ArraySlice<UInt8>, into event: inout Event, _ hasData: inout Bool) throws {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        let name = String(decoding: line[..<colon], as: UTF8.self)
        var value = colon < line.endIndex ? line[(colon + 1)...] : []
        if value.first == 0x20 { value = value.dropFirst() }
        let text = String(decoding: value, as: UTF8.self)
        switch name {
        case "": comments.append(text)
        case "id" where event.id == nil && !value.contains(0): (event.id, lastEventID) = (text, text)
        case "event" where event.name == nil: event.name = text
        case "retry" where event.retry == nil && value.allSatisfy { 0x30...0x39 ~= $0 }: event.retry = Int(text)
        case "data" where !hasData: (event.data, hasData) = (text, true)
        default: throw refusal("a field that we never send, or twice")
        }
    }
}
