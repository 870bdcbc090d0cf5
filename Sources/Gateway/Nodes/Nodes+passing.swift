import Boards
import Events
import Rooms
import Synchronization
import Text

/// What is not logged goes to the other nodes as it is announced here, and is dropped before it delays anything that is
/// logged: beyond ``PassingBudget``, while the database is away, and while many large ones are on their way.
extension Nodes {
    /// Large ones on their way at once, to the database and from it.
    static let mostParcels = 16

    struct Passing {
        var budget = PassingBudget()
        var parcels = 0
        var dropped = 0
    }

    /// Events that the other nodes were not sent, since the start.
    var dropped: Int { passing.withLock { $0.dropped } }

    /// Begins to hear what the others send, and what wakes this node.
    func listen() {
        store.hear(.wakes) { [weak self] in
            guard let self, NodeID($0).map(isOwn) != true else { return }
            wake()
        } mayHaveMissed: { [weak self] in
            self?.wake()
        }
        store.hear(.passing) { [weak self] in
            self?.hear($0)
        } mayHaveMissed: {
        }
        parts.presence.tellTyping { [weak self] isTyping, task, board, user, tenant in
            guard let self else { return }
            send(
                PassingEvent(
                    tenant: tenant, content: .typing(isTyping, task: task, board: board, user: user),
                    timestamp: wallClock))
        }
    }

    func send(_ event: PassingEvent) {
        guard !others.isEmpty else { return }
        let text = event.text(from: id)
        let now = uptime()
        guard passing.withLock({ $0.budget.take(text.utf8.count, at: now) }) else { return drop() }
        if text.utf8.count < NodeChannel.mostBytes {
            if !store.tell(.passing, text) { drop() }
            return
        }
        guard beginParcel() else { return drop() }
        Task {
            defer { endParcel() }
            guard let number = try? await store.keep(parcel: Array(text.utf8)), store.tell(.passing, "\(number)") else {
                return drop()
            }
        }
    }

    private func hear(_ text: String) {
        guard let number = Int(digits: text) else { return show(text) }
        guard beginParcel() else { return drop() }
        Task {
            defer { endParcel() }
            if let bytes = try? await store.parcel(number) { show(String(decoding: bytes, as: UTF8.self)) }
        }
    }

    private func show(_ text: String) {
        guard let (event, node) = PassingEvent.read(text), !isOwn(node) else { return }
        switch event.content {
        case .event(let json, let audience, let type):
            parts.relay.announce(
                ephemeral: EventFrame(ephemeral: json, audience: audience, type: type, timestamp: event.timestamp),
                in: event.tenant)
        case .typing(let isTyping, let task, let board, let user):
            guard parts.relay.boards(of: event.tenant) != nil else { return }
            parts.presence.setElsewhere(typing: isTyping, at: task, on: board, by: user, in: event.tenant)
        }
    }

    private func drop() { passing.withLock { $0.dropped += 1 } }

    private func beginParcel() -> Bool {
        passing.withLock { passing in
            guard passing.parcels < Self.mostParcels else { return false }
            passing.parcels += 1
            return true
        }
    }

    private func endParcel() { passing.withLock { $0.parcels -= 1 } }
}
