import Events
import HTTPTypes
import Hummingbird
import Rooms
import StrictJSON
import Tokens

/// What is done to live connections: a fresh token for one's own, and an admin's cuts.
struct ConnectionRoutes {
    let relay: Relay
    let authenticator: Authenticator
    let audit: AuditLog
    let settings: GatewaySettings

    func add(to router: some RouterMethods<TenantContext>) {
        Resource("/sse/connections/:id/token", (.post, renew)).add(to: router)
        Resource("/sse/connections/:id", (.delete, disconnect)).add(to: router)
        Resource("/sse/users/:user/connections", (.delete, disconnectUser)).add(to: router)
    }

    /// The connection goes on by the token of this request → 204; 403 for another user's.
    @Sendable func renew(_ request: Request, in context: TenantContext) async throws -> Response {
        try request.refuseQuery()
        let id = try context.connectionID()
        switch try await relay.renew(id, in: context.tenant, with: context.principal) {
        case .renewed, .ended:
            // A revocation that came meanwhile has seen the token before.
            guard !authenticator.isRevoked(context.principal) else {
                _ = try await relay.close(in: context.tenant, .revoked, reconnectAfter: nil) { name, _ in name == id }
                throw Problem.revoked
            }
            return Response(status: .noContent)
        case .notFound: throw Problem.notFound
        case .otherUser:
            throw Problem(.forbidden, "not_yours", "Only the user whose connection it is can renew its token.")
        }
    }

    /// Cuts one connection (admin) → 200 `{connections}`; 404 when there is none of this name.
    @Sendable func disconnect(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.administer)
        let delay = try reconnectDelay(of: request)
        let id = try context.connectionID()
        let count = try await relay.close(in: context.tenant, .admin, reconnectAfter: delay) { name, _ in name == id }
        guard count > 0 else { throw Problem.notFound }
        try await audit.record(act: "connection.closed", subject: id.description, by: context.principal)
        return answer(count)
    }

    /// Cuts all of a user's connections (admin) → 200 `{connections}`, which may be 0.
    @Sendable func disconnectUser(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.administer)
        let delay = try reconnectDelay(of: request)
        guard let name = context.parameters.get("user"), let text = Query.decode(path: name), let user = UserID(text)
        else { throw Problem.notFound }
        let count = try await relay.close(in: context.tenant, .admin, reconnectAfter: delay) { $1.user == user }
        try await audit.record(
            act: "user.disconnected", subject: user.rawValue, detail: "connections: \(count)", by: context.principal)
        return answer(count)
    }

    /// Milliseconds after which each client that is cut may come back; nil when none may.
    private func reconnectDelay(of request: Request) throws(Problem) -> (@Sendable () -> Int)? {
        let query = try Query(request.uri.query, allowing: ["reconnect"])
        switch query["reconnect"] {
        case nil, "false": return nil
        case "true": return { [settings] in StreamEvents.retry(around: settings.retryMilliseconds) }
        default: throw .badQuery("reconnect", "must be true or false")
        }
    }

    private func answer(_ count: Int) -> Response {
        var json = JSONWriter(reserving: 32)
        json.object {
            $0.name("connections"); $0.int(count)
        }
        return .json(json.bytes)
    }
}

extension TenantContext {
    /// - Throws: ``Problem`` 404 for what can't be a connection's id.
    fileprivate func connectionID() throws(Problem) -> ConnectionID {
        guard let text = parameters.get("id"), let id = ConnectionID(text) else { throw .notFound }
        return id
    }
}
