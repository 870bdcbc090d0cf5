import Events
import Logging
import ServiceLifecycle
import Synchronization
import Text

/// Keeps floods of refusals out of the log: of each client's address the first is logged, then their number, a line a
/// second at most. Other refusals, and what succeeds, are logged as ever.
final class RefusalLog: Sendable {
    enum Verdict: Equatable {
        /// Logged as every other request.
        case ordinary
        /// Logged, with the source.
        case first(RefusalTally.Source)
        /// Counted; there will be a line for many of them.
        case counted
    }

    /// The answers that come in floods: bad tokens, limits, and a gateway or a store that can't take what is sent.
    static let statuses: Set<Int> = [401, 429, 503, 507]

    private let settings: LiveSettings
    /// A clock that never goes back.
    private let uptime: @Sendable () -> Uptime
    private let tally = Mutex(RefusalTally())

    init(settings: LiveSettings, uptime: @escaping @Sendable () -> Uptime) {
        (self.settings, self.uptime) = (settings, uptime)
    }

    /// Counts an answer, if it is a refusal that is sampled.
    ///
    /// - Parameter fields: of the request; not read for other answers.
    func note(_ status: Int, from peer: ClientAddress?, _ fields: @autoclosure () -> CredentialFields) -> Verdict {
        guard Self.statuses.contains(status) else { return .ordinary }
        let client = RequestPlace(fields(), peer: peer, by: settings.read { $0.place }).client
        let source = client.map { RefusalTally.Source.address($0.block) } ?? .unknown
        let now = uptime()
        return tally.withLock { $0.note(status, from: source, at: now) } ? .first(source) : .counted
    }

    /// Logs what was counted.
    func report(to logger: Logger, isEnd: Bool = false) {
        let now = uptime()
        for line in tally.withLock({ $0.take(at: now, isEnd: isEnd) }) {
            var metadata: Logger.Metadata = ["address": "\(line.source)", "within": "\(line.time.text)"]
            for (status, count) in line.counts { metadata["\(status)"] = "\(count)" }
            logger.info("refused", metadata: metadata)
        }
    }
}

/// Logs every second what ``RefusalLog`` counted.
struct RefusalReport: Service {
    let refusals: RefusalLog
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: RefusalTally.pause)) != nil { refusals.report(to: logger) }
        }
        refusals.report(to: logger, isEnd: true)
    }
}
