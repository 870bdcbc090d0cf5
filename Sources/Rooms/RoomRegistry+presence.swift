import Events

/// Connections as the presence of their users.
extension RoomRegistry {
    /// From now on `subscriber` counts as there; what it is to be told first of who else is.
    func arrive(_ subscriber: Subscriber) -> [EventFrame] {
        if case .dialect = subscriber.wire { return [] }
        guard let presence else { return [] }
        let boards = subscriber.selection.boards
        subscriber.presentAt = boards
        presence.arrive(subscriber.user, at: boards, in: subscriber.tenant)
        return lists(for: subscriber)
    }

    /// It is shown other boards by now; what it is to be told of who is there.
    func move(_ subscriber: Subscriber) -> [EventFrame] {
        let boards = subscriber.selection.boards
        guard let presence, let before = subscriber.presentAt, before != boards else { return [] }
        subscriber.presentAt = boards
        presence.change(subscriber.user, from: before, to: boards, in: subscriber.tenant)
        return lists(for: subscriber)
    }

    func depart(_ subscriber: Subscriber) {
        guard let presence, let boards = subscriber.presentAt else { return }
        subscriber.presentAt = nil
        presence.leave(subscriber.user, from: boards, in: subscriber.tenant)
    }

    /// Changes are not kept for a reader that is behind: it is given the lists anew when there were any.
    func tellPresenceAgain(_ subscriber: Subscriber) {
        subscriber.hasMissedPresence = false
        guard let presence, subscriber.presentAt != nil,
            presence.version(of: subscriber.tenant) != subscriber.presenceVersion
        else { return }
        for list in lists(for: subscriber) { send(list, to: subscriber) }
    }

    /// Who is there, on a connection that is told of it.
    func send(_ list: EventFrame, to subscriber: Subscriber) {
        if let telling = subscriber.wire.tell(list) { send(telling.bytes, to: subscriber) }
    }

    private func lists(for subscriber: Subscriber) -> [EventFrame] {
        guard let presence, subscriber.selection.types.wants(.presenceState) else { return [] }
        let (frames, version) = presence.lists(of: subscriber.selection.boards, in: subscriber.tenant)
        subscriber.presenceVersion = version
        return frames
    }
}
