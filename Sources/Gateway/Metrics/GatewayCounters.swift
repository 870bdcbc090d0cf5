import Events
import Synchronization
import Tokens

/// Counts of requests and refusals since the start, for metrics. Safe to use from any thread.
final class GatewayCounters: Sendable {
    struct Request: Hashable {
        /// A name of ``CallList``; `none` for a path that is no call's.
        let call: String
        let status: Int
    }

    struct Counts {
        var requests: [Request: Int] = [:]
        var times = Histogram.times
        var authFailures: [String: Int] = [:]
        var limited: [String: Int] = [:]
    }

    /// What a refusal of a ticket counts as; those of tokens count as their rules.
    static let ticket = "ticket"
    /// The limits that refuse requests, by the labels of their counts; ``Problem/limit`` has the rest.
    static let writes = "writes"
    static let authFailures = "auth_failures"

    private let counts = Mutex(Counts())

    var current: Counts { counts.withLock { $0 } }

    func count(_ request: Request, time: Duration) {
        counts.withLock {
            $0.requests[request, default: 0] += 1
            $0.times.add(time)
        }
    }

    /// Counts a token, or a ticket, that was sent and refused.
    func countFailure(of rule: TokenRule?) {
        counts.withLock { $0.authFailures[rule?.rawValue ?? Self.ticket, default: 0] += 1 }
    }

    /// Counts a refusal at a limit; nil is none.
    func countLimited(_ limit: String?) {
        guard let limit else { return }
        counts.withLock { $0.limited[limit, default: 0] += 1 }
    }
}

extension Problem {
    /// The limit that it tells of, as metrics have it; nil when it tells of none, or is counted where it is found.
    var limit: String? { Self.limits[kind] }

    static let limits: [ProblemCode: String] = [
        .answersFull: "answers", .bodiesFull: "bodies", .importsRunning: "imports", .ticketsFull: "tickets",
        .typingFull: "typing",
    ]
}
