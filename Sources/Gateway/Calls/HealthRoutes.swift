import Hummingbird
import Rooms
import StrictJSON

/// `GET /healthz`: the process answers. `GET /readyz`: it also takes new work.
struct HealthRoutes {
    let relay: Relay
    let authenticator: Authenticator

    func add(to router: some RouterMethods<AppContext>) {
        Resource("/healthz", (.get, { _, _ in Response.json(Array(#"{"status":"ok"}"#.utf8)) })).add(to: router)
        Resource(
            "/readyz",
            (
                .get,
                { [relay, authenticator] _, _ in
                    if relay.isDraining {
                        throw Problem(.serviceUnavailable, "draining", "The gateway is going down.").with(
                            .retryAfter, "5")
                    }
                    guard authenticator.hasKeys else {
                        throw Problem(.serviceUnavailable, "no_keys", "There is no key yet to verify tokens with.")
                            .with(.retryAfter, "5")
                    }
                    return Response.json(Array(#"{"status":"ready"}"#.utf8))
                }
            )
        ).add(to: router)
    }
}
