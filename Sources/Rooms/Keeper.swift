import Events
import NIOCore

/// Holds the state that one list of connections is told of: has it read, passes events to it, tells what changes.
///
/// The list hears events from before the first read on, so that none is missed; those that the read showed already are
/// left out by number. Changes are told at most once in ``RoomLimits/keptCoalesce``, the last one always. A reader whose
/// socket is full is passed over, and told all of it when it comes back.
///
/// `@unchecked Sendable`: touched on its loop alone; a read of the store comes back to it there.
final class Keeper: @unchecked Sendable {
    private unowned let members: Members
    private unowned let registry: RoomRegistry
    private let dialect: any KeepingDialect

    /// Its streams, those among them whose sockets are full: the state stays for them.
    private(set) var readers = 0
    private var state: (any KeptState)?
    /// What has been announced while the state is read; nil when it is not.
    private var waiting: [EventFrame]?
    /// More was announced than is worth keeping: it is read once more.
    private var hasOverflowed = false
    /// Of what was told last, one of its own among all that this loop ever told.
    private var version = 0
    private var lastTelling = Int64.min / 2
    private var isScheduled = false

    private static let mostWaiting = 1000

    init(_ dialect: any KeepingDialect, for members: Members, registry: RoomRegistry) {
        self.dialect = dialect
        self.members = members
        self.registry = registry
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
        registry.reads.run { [dialect, state, selection = members.selection] in
            try await dialect.read(selection, after: state)
        } then: { [self, members] result in
            let frames = waiting ?? []
            waiting = nil
            // Everybody may have left meanwhile.
            guard !members.isEmpty else { return }
            guard case .success(var state) = result else {
                for subscriber in members.everyone { registry.drop(subscriber) }
                return
            }
            for frame in frames where frame.seq > state.seq { state.apply(frame) }
            let isFirst = version == 0
            self.state = state
            if hasOverflowed { return read() }
            if isFirst {
                version = registry.nextVersion()
                tell(members.everyone[...], nil, after: 0)
            }
            schedule()
        }
    }

    // MARK: Telling

    /// `subscriber` has come, or come back.
    func welcome(_ subscriber: Subscriber) {
        if subscriber.keeper !== self {
            subscriber.keeper?.leave()
            subscriber.keeper = self
            readers += 1
        }
        guard let state, version > 0 else { return read() }
        guard subscriber.toldVersion != version else { return }
        give(state.whole(at: registry.wallClock), to: subscriber)
    }

    /// One of its streams has gone for good, or is told of something else.
    func leave() {
        readers -= 1
        if members.isEmpty { registry.drop(members) }
    }

    private func schedule() {
        guard !isScheduled, waiting == nil else { return }
        isScheduled = true
        let due = lastTelling &+ registry.limits.keptCoalesce
        // At the end of the tick at the earliest: what was committed together is told together.
        registry.later(notBefore: due) { [self, members] in
            isScheduled = false
            guard !members.isEmpty, waiting == nil else { return }
            tellNews()
        }
    }

    private func tellNews() {
        guard let isShort = state?.isShort else { return }
        lastTelling = registry.now()
        if isShort { return read() }
        guard let news = state?.takeNews(at: registry.wallClock) else { return }
        let before = version
        version = registry.nextVersion()
        tell(members.everyone[...], news, after: before)
    }

    /// - Parameter before: the version that `news` follows; whoever was told another is given the whole.
    private func tell(_ rest: ArraySlice<Subscriber>, _ news: ByteBuffer?, after before: Int) {
        let version = version
        for subscriber in rest.prefix(registry.limits.slice) where subscriber.members === members {
            if let news, subscriber.toldVersion == before { give(news, to: subscriber) } else { welcome(subscriber) }
        }
        guard rest.count > registry.limits.slice else { return }
        registry.later { [self, members] in
            // A later telling has overtaken this one, and gives the whole where it has to.
            guard version == self.version, !members.isEmpty else { return }
            tell(rest.dropFirst(registry.limits.slice), news, after: before)
        }
    }

    private func give(_ bytes: ByteBuffer, to subscriber: Subscriber) {
        subscriber.toldVersion = version
        subscriber.sentEvents += 1
        registry.send(bytes, to: subscriber)
    }
}
