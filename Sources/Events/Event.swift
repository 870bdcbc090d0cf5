/// Something that was committed and numbered. Written once, in the transaction of its change, and never altered.
public struct Event: Sendable {
    public let tenant: TenantID
    /// Dense per tenant, from 1, in commit order.
    public let seq: Int
    /// The epoch in which ``seq`` was given.
    public let epoch: Epoch
    public let audience: Audience
    public let type: EventType
    public let timestamp: Timestamp
    /// The whole object as clients see it, in UTF-8, without line breaks.
    public let json: [UInt8]

    public init(
        tenant: TenantID, seq: Int, epoch: Epoch, audience: Audience, type: EventType, timestamp: Timestamp,
        json: [UInt8]
    ) {
        self.tenant = tenant
        self.seq = seq
        self.epoch = epoch
        self.audience = audience
        self.type = type
        self.timestamp = timestamp
        self.json = json
    }

    /// The place after it.
    public var cursor: Cursor { Cursor(seq: seq, epoch: epoch) }
}
