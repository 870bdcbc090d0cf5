import Events
import NIOCore

/// Holds the state that one list of connections is sent: reads it, applies events to it, and sends its changes.
///
/// The list hears events from before the first read on, so that none is missed; those that the read included are
/// skipped by number. Changes are sent at most once in ``RoomLimits/stateCoalesce``, the last one always. A reader
/// whose socket is full is skipped, and is sent the whole state once the socket takes bytes again.
///
/// `@unchecked Sendable`: touched on its loop alone; a read of the store comes back to it there.
final class StateStream: @unchecked Sendable {
    /// The list owns this stream, and exists as long as this has readers.
    private unowned let list: SharedList
    private let hub: LoopHub
    private let dialect: any StateDialect

    /// Attached streams, including those whose sockets are full; the state is kept while there is one.
    private(set) var readers = 0
    private var state: (any StreamState)?
    /// The events announced while the state is being read; nil when it is not being read.
    private var waiting: [EventFrame]?
    /// More events were announced than are kept: the state has to be read again.
    private var hasOverflowed = false
    /// The version of the state that was last sent, unique on this event loop; 0 before the first.
    private var version = 0
    private var lastSending = Uptime.distantPast
    private var isScheduled = false
    /// The state's memory counts as what waits for sockets does.
    private let room: MemoryRoom

    static let mostWaiting = 1000

    init(_ dialect: any StateDialect, for list: SharedList, hub: LoopHub) {
        self.dialect = dialect
        self.list = list
        self.hub = hub
        room = hub.relay.queued.room(for: list.tenant)
    }

    // MARK: Events

    func take(_ frame: EventFrame) {
        guard frame.seq > 0 else { return }
        if let count = waiting?.count {
            if count < Self.mostWaiting { waiting?.append(frame) } else { hasOverflowed = true }
        } else {
            state?.apply(frame)
            schedule()
        }
    }

    /// Reads the state again, since it missed events.
    func readAgain() {
        hasOverflowed = true
        read()
    }

    private func read() {
        guard waiting == nil else { return }
        waiting = []
        hasOverflowed = false
        hub.reads.run { [dialect, state, selection = list.selection] in
            try await dialect.read(selection, after: state)
        } then: { [self, list] result in
            let frames = waiting ?? []
            waiting = nil
            // All readers may have left meanwhile.
            guard !list.isEmpty else { return }
            guard case .success(var state) = result else { return dropEveryone(.unreadable) }
            for frame in frames where frame.seq > state.seq { state.apply(frame) }
            guard room.grow(to: state.footprint) else { return dropEveryone(.queuesFull) }
            let isFirst = version == 0
            self.state = state
            if hasOverflowed { return read() }
            if isFirst {
                version = hub.nextVersion()
                send(list.everyone[...], nil, after: 0)
            }
            schedule()
        }
    }

    private func dropEveryone(_ ending: LoopCounters.Ending) {
        for reader in list.everyone { reader.drop(ending) }
    }

    // MARK: Encoded

    /// Sends the state to a reader that has joined, or whose socket takes bytes again.
    func welcome(_ reader: Reader) {
        if reader.stateStream !== self {
            reader.stateStream?.leave()
            reader.stateStream = self
            readers += 1
        }
        guard let state, version > 0 else { return read() }
        guard reader.stateVersion != version else { return }
        send(state.whole(at: hub.wallClock), to: reader)
    }

    /// Counts out a stream that has ended, or whose selection has changed.
    func leave() {
        readers -= 1
        if list.isEmpty { hub.remove(list) }
    }

    private func schedule() {
        guard !isScheduled, waiting == nil else { return }
        isScheduled = true
        let due = lastSending + hub.limits.stateCoalesce
        // At the end of the tick at the earliest: what was committed together is sent together.
        hub.later(notBefore: due) { [self, list] in
            isScheduled = false
            guard !list.isEmpty, waiting == nil else { return }
            sendChanges()
        }
    }

    private func sendChanges() {
        guard let isShort = state?.isShort else { return }
        lastSending = hub.uptime()
        if isShort { return read() }
        guard let changes = state?.takeChanges(at: hub.wallClock) else { return }
        guard room.grow(to: state?.footprint ?? 0) else { return dropEveryone(.queuesFull) }
        let before = version
        version = hub.nextVersion()
        send(list.everyone[...], changes, after: before)
    }

    /// - Parameter before: the version that `changes` follows; a reader that was sent another one is sent the whole
    ///   state.
    private func send(_ rest: ArraySlice<Reader>, _ changes: ByteBuffer?, after before: Int) {
        let version = version
        for reader in rest.prefix(hub.limits.slice) where reader.listed.list === list {
            if let changes, reader.stateVersion == before { send(changes, to: reader) } else { welcome(reader) }
        }
        guard rest.count > hub.limits.slice else { return }
        hub.later { [self, list] in
            // A later version has overtaken this one, and sends the whole state where needed.
            guard version == self.version, !list.isEmpty else { return }
            send(rest.dropFirst(hub.limits.slice), changes, after: before)
        }
    }

    private func send(_ bytes: ByteBuffer, to reader: Reader) {
        reader.stateVersion = version
        reader.sent.events += 1
        reader.send(bytes)
    }
}
