public import Events
public import NIOCore

/// An event as it is sent on streams: encoded once, then only shared.
///
/// `bytes` are one HTTP/1.1 chunk (RFC 9112 §7.1) that holds one whole SSE event (HTML §9.2.6), so that any number of
/// frames can be concatenated, and split between any two.
public struct EventFrame: Sendable {
    /// The event's number; 0 for one that was never logged.
    public let seq: Int
    /// The epoch in which ``seq`` was given.
    let epoch: Epoch
    public let audience: Audience
    public let type: EventType
    public let timestamp: Timestamp
    public let bytes: ByteBuffer
    private let jsonCount: Int

    /// A durable event, with the cursor as its `id`.
    public init(_ event: Event) {
        seq = event.seq
        epoch = event.epoch
        audience = event.audience
        type = event.type
        timestamp = event.timestamp
        bytes = StreamBytes.event(id: event.cursor, json: event.json)
        jsonCount = event.json.count
    }

    /// An event for the connections that are open now, without `id`, so that it moves no client's cursor.
    public init(ephemeral json: [UInt8], audience: Audience, type: EventType, timestamp: Timestamp) {
        seq = 0
        epoch = .unknown
        self.audience = audience
        self.type = type
        self.timestamp = timestamp
        bytes = StreamBytes.event(id: nil, json: json)
        jsonCount = json.count
    }

    /// The event's object alone, in the same memory.
    public var json: ByteBuffer {
        bytes.getSlice(at: bytes.writerIndex - StreamBytes.tail - jsonCount, length: jsonCount)!
    }
}
