import HTTPTypes
import Hummingbird
import Rooms

/// Health checks for supervisors; without a token, and with any query.
struct HealthCalls {
    let relay: Relay
    let authenticator: Authenticator

    var all: [Call] {
        [
            .open(
                "health.live", .get, "/healthz", "Whether the process answers.", query: nil,
                answers: [.json("Health")], live),
            .open(
                "health.ready", .get, "/readyz", "Whether it also takes new work.", query: nil,
                answers: [.json("Health")], refusals: [.serviceUnavailable], ready),
        ]
    }

    @Sendable func live(_ input: CallInput, in context: AppContext) async throws -> Response {
        .json(Array(#"{"status":"ok"}"#.utf8))
    }

    @Sendable func ready(_ input: CallInput, in context: AppContext) async throws -> Response {
        if relay.isDraining { throw Problem.draining }
        guard authenticator.hasKeys else {
            throw Problem(.serviceUnavailable, "no_keys", "There is no key yet to verify tokens with.")
                .with(.retryAfter, "5")
        }
        return .json(Array(#"{"status":"ready"}"#.utf8))
    }
}
