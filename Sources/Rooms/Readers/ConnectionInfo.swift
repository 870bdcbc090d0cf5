public import Events
public import NIOCore

/// One live connection as an admin sees it.
public struct ConnectionInfo: Sendable {
    public let id: ConnectionID
    public let user: UserID
    public let connectedAt: Timestamp
    public let wire: Wire
    public let client: ClientLabel
    public let boards: Selection.Boards
    public let types: TypeFilter
    /// The last event that was sent or is not shown, and the number of events by which the connection lags.
    public let cursor: Cursor
    public let lag: Int
    public let queuedBytes: Int
    public let sentEvents: Int
    public let sentBytes: Int
    /// When its token runs out.
    public let expiresAt: Timestamp
}

/// One loop's part of a tenant's connections and rooms.
public struct LoopInfo: Sendable {
    public let connections: [ConnectionInfo]
    public let rooms: Set<RoomID>
}

extension LoopHub {
    /// The connections and rooms of `tenant` on this loop. Thread-safe.
    public func describe(_ tenant: TenantID) -> EventLoopFuture<LoopInfo> {
        loop.submit { [self] in
            let epochs = relay.epochs(of: tenant)
            let head = relay.head(of: tenant)
            let connections = all.filter { $0.tenant == tenant }.map { reader in
                let cursor = reader.listed.list?.reached(by: reader) ?? reader.log.next(reader.selection).cursor
                return ConnectionInfo(
                    id: reader.id, user: reader.user, connectedAt: reader.connectedAt,
                    wire: reader.wire, client: reader.client, boards: reader.selection.boards,
                    types: reader.selection.types,
                    cursor: epochs.cursor(at: cursor), lag: max(0, head - cursor),
                    queuedBytes: reader.sink.queuedBytes + reader.output.waiting.readableBytes,
                    sentEvents: reader.sent.events, sentBytes: reader.sent.bytes,
                    expiresAt: reader.principal.expiresAt)
            }
            return LoopInfo(connections: connections, rooms: Set(roomIDs.filter { $0.tenant == tenant }))
        }
    }
}
