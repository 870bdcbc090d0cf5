import Boards
import Client
import Events
import Gateway
import Logging
import Rooms
import ServerSettings
import ServiceLifecycle
import Synchronization
import Text
import Tokens

/// Keeps the keys that are fetched from URLs up to date. The last fetched keys stay in use until a fetch succeeds.
///
/// When a key is gone, from a set that was fetched or from the settings, the connections that it opened are ended.
actor KeyRefresher: Service {
    private struct Source {
        var schedule: RefreshSchedule
        var answer: KeyFetcher.Answer?
        var isUnderWay = false
        /// Whether the next fetch is for a token that waits.
        var isUrgent = false
        /// When the discovery document was read.
        var placedAt = ContinuousClock.now
        /// Whether it was asked for while a fetch was under way that may have been answered before.
        var isAskedAgain = false
        var failingSince: ContinuousClock.Instant?
        /// When it was fetched last, or was to be fetched first.
        var fetchedAt = ContinuousClock.now

        /// Where an urgent fetch goes: to where the document said a short time ago that the keys are.
        var place: KeyPlace? {
            isUrgent && ContinuousClock.now < placedAt + RefreshSchedule.usual ? answer?.place : nil
        }
    }

    /// The most sets that are fetched at once; others wait for the next round, a second later.
    static let mostAtOnce = 16

    private let authenticator: Authenticator
    private let relay: Relay
    private let unknown: UnknownKeys
    private let fetcher = KeyFetcher()
    private let logger: Logger
    private var settings: Settings
    private var sources: [KeyURL: Source] = [:] {
        didSet {
            failing.withLock { $0 = sources.values.compactMap(\.failingSince).min() }
            oldest.withLock { $0 = sources.values.map(\.fetchedAt).min() }
        }
    }
    /// Since when the set that has failed longest could not be fetched.
    private let failing = Mutex<ContinuousClock.Instant?>(nil)
    /// When the set that was fetched longest ago was fetched.
    private let oldest = Mutex<ContinuousClock.Instant?>(nil)

    init(
        _ settings: Settings, authenticator: Authenticator, relay: Relay, unknown: UnknownKeys, logger: Logger
    ) {
        self.settings = settings
        self.authenticator = authenticator
        self.relay = relay
        self.unknown = unknown
        self.logger = logger
    }

    /// Whether every set could be fetched when it was last tried. Does not wait for a fetch.
    nonisolated var check: HealthCheck {
        guard let since = failing.withLock({ $0 }) else { return HealthCheck("jwks") }
        return HealthCheck(
            "jwks", .warning, reason: "not_fetched", detail: "a JWK set can't be fetched; the last one stays in use",
            since: .now - since)
    }

    /// Since the set that was fetched longest ago was fetched; nil when none has to be. Does not wait for a fetch.
    nonisolated var age: Duration? { oldest.withLock { $0 }.map { .now - $0 } }

    /// Replaces the settings. The keys that were fetched already are kept, and fetched again within a second.
    ///
    /// - Throws: ``InvalidSettings``, and then nothing changes.
    func use(_ settings: Settings) async throws {
        let now = ContinuousClock.now
        let urls = settings.keyURLs
        var sources = Dictionary(
            urls.map { ($0, self.sources[$0] ?? Source(schedule: RefreshSchedule(at: now))) }, uniquingKeysWith: { $1 })
        let verifier = try settings.makeVerifier(fetched: sources.compactMapValues { $0.answer?.keys }) {
            [self] setting, key in report(key, of: setting)
        }
        for url in urls where url.insecureHost != nil {
            logger.warning(
                "keys are fetched without TLS: whoever is on the way can make tokens",
                metadata: ["setting": "\(url.setting)", "host": "\(url.insecureHost ?? "")"])
        }
        for url in sources.keys { sources[url]?.schedule.refresh(at: now) }
        (self.settings, self.sources) = (settings, sources)
        unknown.watch(urls)
        authenticator.replace(with: verifier)
        await endWithdrawn()
    }

    /// Fetches the sets that are due, and returns when each has arrived or failed: after at most 5 s for 16 sets.
    func fetchDue() async {
        let asked = unknown.take()
        let now = ContinuousClock.now
        for (url, time) in asked {
            if sources[url]?.isUnderWay == true, time <= now { sources[url]?.isAskedAgain = true }
            sources[url]?.isUrgent = true
            sources[url]?.schedule.refresh(at: time)
        }
        let free = Self.mostAtOnce - sources.values.count { $0.isUnderWay }
        let due = sources.filter { !$0.value.isUnderWay && $0.value.schedule.next <= now }.keys.prefix(free)
        for url in due { sources[url]?.isUnderWay = true }
        await withTaskGroup { group in
            for url in due { group.addTask { await self.fetch(url) } }
        }
    }

    func run() async throws {
        let wishes = unknown.wishes
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    await withDiscardingTaskGroup { group in
                        for await _ in wishes { group.addTask { await self.fetchDue() } }
                    }
                }
                while (try? await Task.sleep(for: .seconds(1))) != nil { group.addTask { await self.fetchDue() } }
            }
        }
    }

    private func fetch(_ url: KeyURL) async {
        do {
            let place = sources[url]?.place
            sources[url]?.isUrgent = false
            let answer = try await fetcher.fetch(url, at: place)
            var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
            // A change of settings may have removed it meanwhile.
            guard var source = sources[url] else { return }
            let isNew = source.answer?.bytes != answer.bytes
            source.schedule.succeeded(at: .now, maxAge: answer.maxAge, using: &generator)
            (source.answer, source.isUnderWay, source.failingSince) = (answer, false, nil)
            source.fetchedAt = .now
            if place == nil { source.placedAt = .now }
            sources[url] = source
            if isNew {
                for key in answer.skipped { report(key, of: url.setting) }
                swap(url)
            }
            ended(url)
            if isNew { await endWithdrawn() }
        } catch {
            var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
            guard var source = sources[url] else { return }
            defer { ended(url) }
            source.schedule.failed(at: .now, using: &generator)
            source.isUnderWay = false
            source.failingSince = source.failingSince ?? .now
            sources[url] = source
            logger.error(
                source.answer == nil ? "there are no keys yet" : "the keys stay as they were fetched last",
                metadata: ["setting": "\(url.setting)", "reason": "\(error)"])
        }
    }

    /// Lets those go on who wait for the set, unless it has to be fetched once more for them.
    private func ended(_ url: KeyURL) {
        guard sources[url]?.isAskedAgain == true else { return unknown.ended(url) }
        sources[url]?.isAskedAgain = false
        sources[url]?.schedule.refresh(at: .now)
        unknown.again()
    }

    /// Logs a key that can't be used. That a set has keys for encryption is usual.
    private nonisolated func report(_ key: KeyList.Skipped, of setting: String) {
        logger.log(
            level: key.reason == .notForSignatures ? .debug : .warning, "a key is not used",
            metadata: ["setting": "\(setting)", "key": "\(key.name.printable)", "reason": "\(key.reason)"])
    }

    private func swap(_ url: KeyURL) {
        do {
            let fetched = sources.compactMapValues { $0.answer?.keys }
            let verifier = try settings.makeVerifier(fetched: fetched)
            let count = fetched[url]?.count ?? 0
            logger.notice("keys fetched", metadata: ["setting": "\(url.setting)", "count": "\(count)"])
            authenticator.replace(with: verifier)
        } catch {
            // A file that the settings name has become unreadable since.
            logger.error("the keys stay as they were", metadata: ["reason": "\(error)"])
        }
    }

    /// A reader that opens meanwhile is found here, or asks the new verifier as its last step.
    private func endWithdrawn() async {
        let cut = try? await relay.closeAll(.revoked) { [authenticator] in !authenticator.trustsKey(of: $0) }
        if let cut, cut > 0 {
            logger.notice("ended the connections of keys that are gone", metadata: ["connections": "\(cut)"])
        }
    }
}
