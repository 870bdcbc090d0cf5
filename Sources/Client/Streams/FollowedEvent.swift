public import StrictJSON

/// An event of a stream that is followed.
public struct FollowedEvent: Sendable, Equatable {
    /// Its JSON as it was received, in one line.
    public let json: String
    /// The same JSON, read.
    public let object: JSONObject
    /// Whether it is about the stream itself, such as `connection.established`; a note with the same content precedes
    /// it.
    public let isOfStream: Bool

    init(_ event: ServerSentEvent, _ object: JSONObject, isOfStream: Bool = false) {
        json = event.data.inOneLine
        self.object = object
        self.isOfStream = isOfStream
    }
}

extension String {
    /// Several `data:` lines make one JSON text with line breaks between its tokens, where spaces do as well.
    fileprivate var inOneLine: String {
        utf8.contains(UInt8(ascii: "\n")) || utf8.contains(UInt8(ascii: "\r"))
            ? String(decoding: utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self) : self
    }
}
