import Gateway
import ServerSettings
import Synchronization

/// Has JWK sets fetched because tokens name keys that are not in them, and lets those who sent one wait for that.
///
/// Anybody can send such tokens, so they cause one fetch of a set in 30 s at most. Holds at most the configured sets, and
/// 10 000 who wait. Safe to use from any thread.
final class UnknownKeys: KeyArrivals, Sendable {
    private struct Source {
        /// When it was asked for last, or will be: a token that comes too soon has the set fetched when the time is over.
        var askedAt: ContinuousClock.Instant?
        /// Whether a fetch that was asked for has not ended.
        var isAwaited = false
        var waiting: [@Sendable () -> Void] = []
    }

    private struct State {
        var sources: [KeyURL: Source] = [:]
        var byIssuer: [[UInt8]: KeyURL] = [:]
        /// The set for issuers that have none of their own.
        var general: KeyURL?
        var asked: [KeyURL: ContinuousClock.Instant] = [:]
        var waiting = 0

        /// Those who wait for this set, who wait no longer.
        mutating func release(_ url: KeyURL) -> [@Sendable () -> Void] {
            guard let waiting = sources[url]?.waiting else { return [] }
            self.waiting -= waiting.count
            sources[url]?.waiting = []
            sources[url]?.isAwaited = false
            return waiting
        }
    }

    static let patience: Duration = .seconds(30)
    static let mostWaiting = 10_000

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant
    /// An element for each time that there is something to ``take()``.
    let wishes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
        (wishes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Replaces the sets that may be asked for.
    func watch(_ urls: [KeyURL]) {
        let kept = Set(urls)
        let released = state.withLock { state in
            let gone = state.sources.keys.filter { !kept.contains($0) }.flatMap { state.release($0) }
            state.sources = Dictionary(urls.map { ($0, state.sources[$0] ?? Source()) }) { first, _ in first }
            state.asked = state.asked.filter { state.sources[$0.key] != nil }
            state.general = urls.first { $0.issuer == nil }
            state.byIssuer = Dictionary(
                urls.compactMap { url in url.issuer.map { (Array($0.utf8), url) } }
            ) { first, _ in first }
            return gone
        }
        for arrived in released { arrived() }
    }

    func request(_ issuer: String?, arrived: @escaping @Sendable () -> Void) -> Bool {
        let now = now()
        let (waits, isNew) = state.withLock { state -> (waits: Bool, isNew: Bool) in
            guard let url = issuer.flatMap({ state.byIssuer[Array($0.utf8)] }) ?? state.general,
                var source = state.sources[url]
            else { return (false, false) }
            defer { state.sources[url] = source }
            var isNew = false
            if !source.isAwaited {
                if let askedAt = source.askedAt, now < askedAt + Self.patience {
                    guard askedAt <= now else { return (false, false) }
                    source.askedAt = askedAt + Self.patience
                    state.asked[url] = askedAt + Self.patience
                    return (false, true)
                }
                (source.askedAt, source.isAwaited, isNew) = (now, true, true)
                state.asked[url] = now
            }
            guard state.waiting < Self.mostWaiting else { return (false, isNew) }
            source.waiting.append(arrived)
            state.waiting += 1
            return (true, isNew)
        }
        if isNew { wake.yield() }
        return waits
    }

    /// Takes the sets that were asked for since the last call, and when each is to be fetched.
    func take() -> [KeyURL: ContinuousClock.Instant] {
        state.withLock { state in
            defer { state.asked = [:] }
            return state.asked
        }
    }

    /// Asks for another ``take()``, or for a look at what is due.
    func again() { wake.yield() }

    /// A fetch of the set has ended, well or not, and what came is in use.
    func ended(_ url: KeyURL) {
        for arrived in state.withLock({ $0.release(url) }) { arrived() }
    }
}
