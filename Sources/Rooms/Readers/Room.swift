import Events
import NIOCore

/// The connections on one event loop that listen to one board, one user, or a whole tenant.
///
/// Its executor is the loop, so that a delivery is a plain call there: no hop, no task, no lock. A room with
/// connections on several loops is one such actor on each. Made on first use and gone when empty.
actor Room {
    private let loop: any EventLoop
    private let audience: Audience
    /// Lists of connections that see the same bytes; a list is in every room that its selection shows.
    private var lists: [SharedList] = []
    /// Connections of the user whose room this is.
    private var owners: [Reader] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

    init(of audience: Audience, on loop: any EventLoop) {
        self.audience = audience
        self.loop = loop
    }

    var isEmpty: Bool { lists.isEmpty && owners.isEmpty }

    func join(_ list: SharedList) { lists.append(list) }
    func leave(_ list: SharedList) { lists.removeAll { $0 === list } }
    func join(_ owner: Reader) { owners.append(owner) }
    func leave(_ owner: Reader) { owners.removeAll { $0 === owner } }

    /// Puts `frame` into the buffer of every list that shows it; returns when it is buffered, not when it is sent.
    func deliver(_ frame: EventFrame) {
        for list in lists where list.selection.hears(frame.audience, in: audience) { list.append(frame) }
        for owner in owners where owner.selection.types.wants(frame.type) { owner.insert(frame) }
    }
}

extension Selection {
    /// Whether an event for `event` reaches this selection through the room of `room`: readers of every board get their
    /// events in the tenant's room, the others in each board's room.
    fileprivate func hears(_ event: Audience, in room: Audience) -> Bool {
        guard room == .tenant else { return true }
        switch event {
        case .tenant: return true
        case .board: return boards == .all
        case .user: return false
        }
    }
}
