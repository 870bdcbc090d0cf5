public import Events
public import NIOCore

/// One live connection as an admin sees it.
public struct ConnectionInfo: Sendable {
    public let id: ConnectionID
    public let user: UserID
    /// Milliseconds since 1970.
    public let connectedAt: Int
    public let wire: Wire
    public let boards: Selection.Boards
    public let types: TypeFilter
    /// The last number that was sent or is not shown, and how many numbers the head is beyond it.
    public let cursor: Cursor
    public let lag: Int
    public let queuedBytes: Int
    public let sentEvents: Int
    public let sentBytes: Int
    /// When its token runs out, milliseconds since 1970.
    public let expiresAt: Int
}

/// One loop's part of a tenant's connections and rooms.
public struct LoopInfo: Sendable {
    public let connections: [ConnectionInfo]
    public let rooms: Set<RoomID>
}

extension RoomRegistry {
    /// What `tenant` has on this loop; from any thread.
    public func describe(_ tenant: TenantID) -> EventLoopFuture<LoopInfo> {
        loop.submit { [self] in
            let epoch = relay.history?.epoch ?? Epoch(rawValue: 0)
            let head = relay.head(of: tenant)
            let connections = all.filter { $0.tenant == tenant }.map { subscriber in
                let cursor = subscriber.members?.reached(by: subscriber) ?? subscriber.reading.cursor
                return ConnectionInfo(
                    id: subscriber.id, user: subscriber.user, connectedAt: subscriber.connectedAt,
                    wire: subscriber.wire, boards: subscriber.selection.boards, types: subscriber.selection.types,
                    cursor: Cursor(seq: cursor, epoch: epoch), lag: max(0, head - cursor),
                    queuedBytes: subscriber.sink.queuedBytes + subscriber.unsaid.readableBytes,
                    sentEvents: subscriber.sentEvents, sentBytes: subscriber.sentBytes,
                    expiresAt: subscriber.grant.expiresAt)
            }
            return LoopInfo(connections: connections, rooms: Set(roomIDs.filter { $0.tenant == tenant }))
        }
    }
}
