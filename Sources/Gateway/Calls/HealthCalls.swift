import Boards
import Events
import HTTPTypes
import Hummingbird
import Rooms
import StrictJSON

/// Health checks for supervisors, without a token.
///
/// Failing writes do not make the gateway unready: it serves streams and reads, and another gateway on the same full
/// disk would be no better. `?verbose` says `degraded` then, and why.
struct HealthCalls {
    let store: any BoardStore
    let relay: Relay
    let authenticator: Authenticator
    let audit: AuditLog
    let connections: OpenConnections
    /// The checks of the parts that the gateway does not know.
    let parts: @Sendable () -> [HealthCheck]
    let nodes: Nodes?

    private static let verbose = QueryParameter.text(
        "verbose", "With every check.", like: .oneOf(["", "1", "0", "true", "false"]))

    var all: [Call] {
        [
            .open(
                "health.live", .get, "/healthz", "Whether the process answers.", query: nil,
                answers: [.json(.health)], live),
            .open(
                "health.ready", .get, "/readyz", "Whether it also takes new work; with `verbose`, what does not work.",
                query: [Self.verbose], answers: [.json(.health)], refusals: [.serviceUnavailable], ready),
        ]
    }

    @Sendable func live(_ input: CallInput, in context: AppContext) async throws -> Response {
        .json(Array(#"{"status":"ok"}"#.utf8))
    }

    @Sendable func ready(_ input: CallInput, in context: AppContext) async throws -> Response {
        // `?verbose` alone means yes.
        let isVerbose = try input.query[Self.verbose.name] == "" || input.query.flag(Self.verbose.name)
        guard isVerbose else {
            if let refusal { throw refusal }
            return .json(Array(#"{"status":"ready"}"#.utf8))
        }
        let checks = checks
        if var refusal {
            refusal.attachment = ("checks", JSONWriter.bytes { $0.checks(checks, at: relay.wallClock()) })
            throw refusal
        }
        let isWell = checks.allSatisfy { $0.status == .ok }
        return .json(
            JSONWriter.bytes { json in
                json.object {
                    $0.name("status"); $0.string(isWell ? "ready" : "degraded")
                    $0.name("checks"); $0.checks(checks, at: relay.wallClock())
                }
            })
    }

    /// Why no new work is taken; nil when it is.
    private var refusal: Problem? {
        if relay.isDraining { return .draining }
        if nodes?.isIsolated == true { return .isolated }
        if let outage = store.outage { return Problem(outage) }
        return authenticator.hasKeys ? nil : .noKeys
    }

    private var checks: [HealthCheck] {
        var acts = HealthCheck("acts")
        if audit.isBehind {
            (acts.status, acts.reason) = (.warning, "not_stored")
            acts.detail = "what administrators did is in force, and not stored yet"
        }
        var announcing = HealthCheck("announcing")
        if relay.isStuck {
            (announcing.status, announcing.reason) = (.failing, "log_unreadable")
            announcing.detail = "events that were not announced can't be read from the log"
        }
        var keys = HealthCheck("keys")
        if !authenticator.hasKeys {
            (keys.status, keys.reason, keys.detail) = (.failing, "no_keys", Problem.noKeys.detail)
        }
        var database = HealthCheck("database")
        if let outage = store.outage {
            let problem = Problem(outage)
            (database.status, database.reason, database.detail) = (.failing, problem.code, problem.detail)
        }
        var open = HealthCheck("connections")
        if connections.isFull {
            (open.status, open.reason) = (.failing, "no_descriptors")
            open.detail = "there are as many connections as the open files allow; new ones wait"
        }
        var draining = HealthCheck("draining")
        if relay.isDraining {
            (draining.status, draining.reason, draining.detail) = (.failing, "draining", Problem.draining.detail)
        }
        return parts() + [database, acts, announcing, keys, open, draining] + (nodes.map { [$0.check] } ?? [])
    }
}

extension Problem {
    static let noKeys = Problem(.noKeys, "There is no key yet to verify tokens with.")
        .with(.retryAfter, "5")
}

extension JSONWriter {
    fileprivate static func bytes(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        body(&json)
        return json.bytes
    }

    /// An object with a member for each check.
    fileprivate mutating func checks(_ checks: [HealthCheck], at now: Timestamp) {
        object { json in
            for check in checks {
                json.name(escaping: check.name)
                json.object { $0.check(check, at: now) }
            }
        }
    }

    private mutating func check(_ check: HealthCheck, at now: Timestamp) {
        name("status"); string(check.status.rawValue)
        if let reason = check.reason {
            name("reason"); string(reason)
        }
        if let detail = check.detail {
            name("detail"); string(detail)
        }
        if let time = check.since {
            name("since"); string((now - time).description)
        }
        if !check.refused.isEmpty {
            name("refused")
            object { json in
                for reason in FailureReason.allCases {
                    guard let count = check.refused[reason] else { continue }
                    json.name(escaping: reason.rawValue); json.int(count)
                }
            }
        }
    }
}

extension JSONSchema {
    fileprivate static let health = object([
        .required("status", .oneOf(["ok", "ready", "degraded"])), .optional("checks", checks),
    ]).named("Health")

    static let checks = map(
        of: object([
            .required("status", .oneOf(["ok", "warning", "failing"])), .optional("reason", text()),
            .optional("detail", text()), .optional("since", .time),
            .optional("refused", .map(of: .integer(from: 0))),
        ])
    ).named("Checks")
}
