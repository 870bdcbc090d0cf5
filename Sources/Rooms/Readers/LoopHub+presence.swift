import Events

/// Connections as the presence of their users.
extension LoopHub {
    /// From now on `reader` counts as there; what it is to be told first of who else is.
    func arrive(_ reader: Reader) -> [EventFrame] {
        if case .dialect = reader.wire { return [] }
        guard let presence else { return [] }
        let boards = reader.selection.boards
        reader.presentAt = boards
        presence.arrive(reader.user, at: boards, in: reader.tenant)
        return lists(for: reader)
    }

    /// It is shown other boards by now; what it is to be told of who is there.
    func move(_ reader: Reader) -> [EventFrame] {
        let boards = reader.selection.boards
        guard let presence, let before = reader.presentAt, before != boards else { return [] }
        reader.presentAt = boards
        presence.change(reader.user, from: before, to: boards, in: reader.tenant)
        return lists(for: reader)
    }

    func depart(_ reader: Reader) {
        guard let presence, let boards = reader.presentAt else { return }
        reader.presentAt = nil
        presence.leave(reader.user, from: boards, in: reader.tenant)
    }

    /// Changes are not kept for a reader that is behind: it is given the lists anew when there were any.
    func tellPresenceAgain(_ reader: Reader) {
        reader.hasMissedPresence = false
        guard let presence, reader.presentAt != nil,
            presence.version(of: reader.tenant) != reader.presenceVersion
        else { return }
        for list in lists(for: reader) { send(list, to: reader) }
    }

    /// Who is there, on a connection that is told of it.
    func send(_ list: EventFrame, to reader: Reader) {
        if let telling = reader.wire.tell(list) { send(telling.bytes, to: reader) }
    }

    private func lists(for reader: Reader) -> [EventFrame] {
        guard let presence, reader.selection.types.wants(.presenceState) else { return [] }
        let (frames, version) = presence.lists(of: reader.selection.boards, in: reader.tenant)
        reader.presenceVersion = version
        return frames
    }
}
