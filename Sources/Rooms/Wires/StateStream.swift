import Events
import NIOCore

/// Holds the state that one list of connections is told of: has it read, passes events to it, tells what changes.
///
/// The list hears events from before the first read on, so that none is missed; those that the read showed already are
/// left out by number. Changes are told at most once in ``RoomLimits/keptCoalesce``, the last one always. A reader whose
/// socket is full is passed over, and told all of it when it comes back.
///
/// `@unchecked Sendable`: touched on its loop alone; a read of the store comes back to it there.
final class StateStream: @unchecked Sendable {
    /// It owns this, and stays as long as this has readers.
    private unowned let list: SharedList
    private let hub: LoopHub
    private let dialect: any StateDialect

    /// Its streams, those among them whose sockets are full: the state stays for them.
    private(set) var readers = 0
    private var state: (any StreamState)?
    /// What has been announced while the state is read; nil when it is not.
    private var waiting: [EventFrame]?
    /// More was announced than is worth keeping: it is read once more.
    private var hasOverflowed = false
    /// Of what was told last, one of its own among all that this loop ever told.
    private var version = 0
    private var lastTelling = Int64.min / 2
    private var isScheduled = false

    private static let mostWaiting = 1000

    init(_ dialect: any StateDialect, for list: SharedList, hub: LoopHub) {
        self.dialect = dialect
        self.list = list
        self.hub = hub
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

    private func read() {
        guard waiting == nil else { return }
        waiting = []
        hasOverflowed = false
        hub.reads.run { [dialect, state, selection = list.selection] in
            try await dialect.read(selection, after: state)
        } then: { [self, list] result in
            let frames = waiting ?? []
            waiting = nil
            // Everybody may have left meanwhile.
            guard !list.isEmpty else { return }
            guard case .success(var state) = result else {
                for reader in list.everyone { reader.drop() }
                return
            }
            for frame in frames where frame.seq > state.seq { state.apply(frame) }
            let isFirst = version == 0
            self.state = state
            if hasOverflowed { return read() }
            if isFirst {
                version = hub.nextVersion()
                tell(list.everyone[...], nil, after: 0)
            }
            schedule()
        }
    }

    // MARK: Telling

    /// `reader` has come, or come back.
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

    /// One of its streams has gone for good, or is told of something else.
    func leave() {
        readers -= 1
        if list.isEmpty { hub.remove(list) }
    }

    private func schedule() {
        guard !isScheduled, waiting == nil else { return }
        isScheduled = true
        let due = lastTelling &+ hub.limits.keptCoalesce
        // At the end of the tick at the earliest: what was committed together is told together.
        hub.later(notBefore: due) { [self, list] in
            isScheduled = false
            guard !list.isEmpty, waiting == nil else { return }
            tellNews()
        }
    }

    private func tellNews() {
        guard let isShort = state?.isShort else { return }
        lastTelling = hub.now()
        if isShort { return read() }
        guard let news = state?.takeNews(at: hub.wallClock) else { return }
        let before = version
        version = hub.nextVersion()
        tell(list.everyone[...], news, after: before)
    }

    /// - Parameter before: the version that `news` follows; whoever was told another is given the whole.
    private func tell(_ rest: ArraySlice<Reader>, _ news: ByteBuffer?, after before: Int) {
        let version = version
        for reader in rest.prefix(hub.limits.slice) where reader.listed.list === list {
            if let news, reader.stateVersion == before { send(news, to: reader) } else { welcome(reader) }
        }
        guard rest.count > hub.limits.slice else { return }
        hub.later { [self, list] in
            // A later telling has overtaken this one, and gives the whole where it has to.
            guard version == self.version, !list.isEmpty else { return }
            tell(rest.dropFirst(hub.limits.slice), news, after: before)
        }
    }

    private func send(_ bytes: ByteBuffer, to reader: Reader) {
        reader.stateVersion = version
        reader.sent.events += 1
        reader.send(bytes)
    }
}
