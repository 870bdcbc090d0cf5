import Client
import Events
import Gateway
import Logging
import Rooms
import ServerSettings
import ServiceLifecycle
import Tokens

/// Keeps the keys that are fetched from URLs up to date. The last fetched keys stay in use until a fetch succeeds.
///
/// When a key is gone, from a set that was fetched or from the settings, the connections that it opened are ended.
actor KeyRefresher: Service {
    private struct Source {
        var schedule: RefreshSchedule
        var answer: KeyFetcher.Answer?
        var isUnderWay = false
    }

    /// The most sets that are fetched at once; others wait for the next round, a second later.
    private static let mostAtOnce = 16

    private let authenticator: Authenticator
    private let relay: Relay
    private let unknown: UnknownKeys
    private let fetcher = KeyFetcher()
    private let logger: Logger
    private var settings: Settings
    private var sources: [KeyURL: Source] = [:]

    init(
        _ settings: Settings, authenticator: Authenticator, relay: Relay, unknown: UnknownKeys, logger: Logger
    ) {
        self.settings = settings
        self.authenticator = authenticator
        self.relay = relay
        self.unknown = unknown
        self.logger = logger
    }

    /// Replaces the settings. The keys that were fetched already are kept, and fetched again within a second.
    ///
    /// - Throws: ``InvalidSettings``, and then nothing changes.
    func use(_ settings: Settings) async throws {
        let now = ContinuousClock.now
        let urls = settings.keyURLs
        var sources = Dictionary(
            urls.map { ($0, self.sources[$0] ?? Source(schedule: RefreshSchedule(at: now))) }, uniquingKeysWith: { $1 })
        let verifier = try settings.makeVerifier(fetched: sources.compactMapValues { $0.answer?.keys })
        for url in sources.keys { sources[url]?.schedule.refresh(at: now) }
        (self.settings, self.sources) = (settings, sources)
        unknown.watch(urls)
        await replace(with: verifier)
    }

    /// Fetches the sets that are due, and returns when each has arrived or failed: after at most 5 s for 16 sets.
    func fetchDue() async {
        for source in unknown.take() { sources[source]?.schedule.unknownKey(at: .now) }
        let now = ContinuousClock.now
        let free = Self.mostAtOnce - sources.values.count { $0.isUnderWay }
        let due = sources.filter { !$0.value.isUnderWay && $0.value.schedule.next <= now }.keys.prefix(free)
        for url in due { sources[url]?.isUnderWay = true }
        await withTaskGroup { group in
            for url in due { group.addTask { await self.fetch(url) } }
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                while (try? await Task.sleep(for: .seconds(1))) != nil { group.addTask { await self.fetchDue() } }
            }
        }
    }

    private func fetch(_ url: KeyURL) async {
        do {
            let answer = try await fetcher.fetch(url)
            var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
            // A change of settings may have removed it meanwhile.
            guard var source = sources[url] else { return }
            let isNew = source.answer?.bytes != answer.bytes
            source.schedule.succeeded(at: .now, maxAge: answer.maxAge, using: &generator)
            sources[url] = Source(schedule: source.schedule, answer: answer)
            if isNew { await swap(url) }
        } catch {
            var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
            guard var source = sources[url] else { return }
            source.schedule.failed(at: .now, using: &generator)
            source.isUnderWay = false
            sources[url] = source
            logger.error(
                source.answer == nil ? "there are no keys yet" : "the keys stay as they were fetched last",
                metadata: ["setting": "\(url.setting)", "reason": "\(error)"])
        }
    }

    private func swap(_ url: KeyURL) async {
        do {
            let fetched = sources.compactMapValues { $0.answer?.keys }
            let verifier = try settings.makeVerifier(fetched: fetched)
            let count = fetched[url]?.count ?? 0
            logger.notice("keys fetched", metadata: ["setting": "\(url.setting)", "count": "\(count)"])
            await replace(with: verifier)
        } catch {
            // A file that the settings name has become unreadable since.
            logger.error("the keys stay as they were", metadata: ["reason": "\(error)"])
        }
    }

    /// A reader that opens meanwhile is found here, or asks the new verifier as its last step.
    private func replace(with verifier: TokenVerifier) async {
        authenticator.replace(with: verifier)
        let cut = try? await relay.closeAll(.revoked) { [authenticator] in !authenticator.trustsKey(of: $0) }
        if let cut, cut > 0 {
            logger.notice("ended the connections of keys that are gone", metadata: ["connections": "\(cut)"])
        }
    }
}
