import Events

/// A connection as the presence of its user.
extension Reader {
    /// Whether its user is present because of it.
    var countsAsPresent: Bool { if case .dialect = wire { false } else { hub.presence != nil } }

    /// Moves its presence after a change of selection; returns the presence lists if its boards have changed.
    func movePresence() -> [EventFrame] {
        let boards = selection.boards
        guard let hub = hub.presence, let before = presence.boards, before != boards else { return [] }
        presence.boards = boards
        hub.change(user, from: before, to: boards, in: tenant)
        return lists(of: hub)
    }

    func depart() {
        guard let hub = hub.presence, let boards = presence.boards else { return }
        presence.boards = nil
        hub.leave(user, from: boards, in: tenant)
    }

    /// Sends the presence lists again if they have changed: presence events are not kept for a lagging reader.
    func sendPresenceAgain() {
        presence.mayHaveMissed = false
        guard let hub = hub.presence, presence.boards != nil, hub.version(of: tenant) != presence.version
        else { return }
        for list in lists(of: hub) { send(list) }
    }

    /// Sends a presence list, if its wire carries those.
    func send(_ list: EventFrame) {
        if let encoded = wire.encode(frame: list) { send(encoded.bytes) }
    }

    private func lists(of hub: PresenceHub) -> [EventFrame] {
        guard selection.types.wants(.presenceState) else { return [] }
        let (frames, version) = hub.lists(of: selection.boards, in: tenant)
        presence.version = version
        return frames
    }
}
