public import Events
public import NIOCore

/// One live connection as an admin sees it.
public struct ConnectionInfo: Sendable {
    public let id: ConnectionID
    public let user: UserID
    /// Milliseconds since 1970.
    public let connectedAt: Int
    public let boards: Selection.Boards
    /// The last number that was sent or is not shown, and how many numbers the head is beyond it.
    public let cursor: Cursor
    public let lag: Int
    public let queuedBytes: Int
    public let sentEvents: Int
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
                let cursor = subscriber.members?.reached(by: subscriber) ?? subscriber.cursor
                return ConnectionInfo(
                    id: subscriber.id, user: subscriber.user, connectedAt: subscriber.connectedAt,
                    boards: subscriber.selection.boards, cursor: Cursor(seq: cursor, epoch: epoch),
                    lag: max(0, head - cursor), queuedBytes: subscriber.sink.queuedBytes,
                    sentEvents: subscriber.sentEvents)
            }
            return LoopInfo(connections: connections, rooms: Set(roomIDs.filter { $0.tenant == tenant }))
        }
    }
}
