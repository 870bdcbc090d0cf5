/// The state of one part of the gateway, for an operator who asks whether it is well, and why not.
///
/// Everybody may read it: it names no paths, tenants, users, addresses or keys, and repeats nothing that a client, an
/// issuer or the database wrote.
public struct HealthCheck: Sendable, Equatable {
    public enum Status: String, Sendable {
        case ok
        /// It works, and somebody should look at it.
        case warning
        case failing
    }

    public let name: String
    public var status = Status.ok
    /// A stable name of what is wrong: `disk_full`.
    public var reason: String?
    /// The same for a person.
    public var detail: String?
    /// For how long it has been so.
    public var since: Duration?
    /// Writes that were refused since then, by reason.
    public var refused: [FailureReason: Int]

    public init(
        _ name: String, _ status: Status = .ok, reason: String? = nil, detail: String? = nil, since: Duration? = nil,
        refused: [FailureReason: Int] = [:]
    ) {
        (self.name, self.status, self.reason, self.detail) = (name, status, reason, detail)
        (self.since, self.refused) = (since, refused)
    }

    /// The check of work whose failures are logged.
    ///
    /// - Parameter counts: whether what failed were clients' writes.
    public init(_ name: String, of failures: FailureLog, counting counts: Bool = false) {
        self.init(name)
        guard let failing = failures.failing else { return }
        status = .failing
        (reason, detail, since) = (failing.reason.rawValue, failing.reason.words, failing.since)
        if counts { refused = failing.counts.filter { $0.value > 0 } }
    }
}
