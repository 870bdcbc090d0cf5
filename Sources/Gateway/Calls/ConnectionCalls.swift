import Boards
import Events
import HTTPTypes
import Hummingbird
import Rooms
import StrictJSON
import Tokens

/// Calls about live connections: renewing one's own with a fresh token, and cutting others as an admin.
struct ConnectionCalls {
    let relay: Relay
    let authenticator: Authenticator
    let audit: AuditLog
    let settings: GatewaySettings
    let nodes: Nodes?

    private static let reconnect = QueryParameter.oneOf(
        "reconnect", ["true", "false"], "Whether the client may come back by itself; it may not by default.")

    var all: [Call] {
        [
            Call(
                "connections.renew", .post, "/sse/connections/:id/token", .token,
                "Lets one's own connection go on by the token of this request.", parameter: .connection,
                answers: [.empty(.noContent)], refusals: [.notFound, .forbidden, .serviceUnavailable], renew),
            Call(
                "connections.end", .delete, "/sse/connections/:id", .administer, "Ends a connection.",
                parameter: .connection, query: [Self.reconnect], answers: [.json(.ended)],
                refusals: [.notFound, .serviceUnavailable], disconnect),
            Call(
                "users.disconnect", .delete, "/sse/users/:user/connections", .administer,
                "Ends all connections of a user.", parameter: .user, query: [Self.reconnect],
                answers: [.json(.ended)], refusals: [.serviceUnavailable], disconnectUser),
        ]
    }

    /// Renews the connection with the token of this request → 204; 403 for another user's connection.
    @Sendable func renew(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let id = try input.connection
        try authenticator.checkLasting(context.principal)
        switch try await renewal(of: id, with: context.principal) {
        case .renewed, .ended:
            // A revocation that arrived meanwhile has checked the connection's old token only.
            guard !authenticator.isRevoked(context.principal) else {
                _ = try await relay.close(in: context.tenant, .revoked, reconnectAfter: nil) { name, _ in name == id }
                throw Problem.revoked
            }
            return Response(status: .noContent)
        case .notFound: throw Problem.notFound
        case .otherUser: throw Problem.notYours
        }
    }

    /// Renews it wherever it is. Another node checks the revocations itself.
    private func renewal(of id: ConnectionID, with principal: Principal) async throws -> Renewal {
        let here = try await relay.renew(id, in: principal.tenant, with: principal)
        guard here == .notFound, let nodes else { return here }
        let replies = try await nodes.ask(.renew(connection: id.description, principal), of: principal.tenant) {
            Renewal($0) != .notFound
        }
        return replies.all.values.map { Renewal($0) }.first { $0 != .notFound } ?? .notFound
    }

    /// Cuts on the other nodes.
    ///
    /// - Returns: how many connections.
    private func cut(
        _ connections: Order.Connections, _ mayReturn: Bool, in tenant: TenantID
    ) async throws -> Int {
        guard let nodes else { return 0 }
        let replies = try await nodes.ask(.close(connections, mayReturn: mayReturn), of: tenant) {
            if case .one = connections { $0["count"]?.int ?? 0 > 0 } else { false }
        }
        return replies.all.values.reduce(0) { $0 + ($1["count"]?.int ?? 0) }
    }

    /// Cuts one connection (admin) → 200 `{connections, durable}`; `durable` says whether the act is recorded on disk
    /// yet, for which a cut does not wait. 404 when there is no connection with this id.
    @Sendable func disconnect(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let delay = try reconnectDelay(input.query)
        let id = try input.connection
        var count = try await relay.close(in: context.tenant, .admin, reconnectAfter: delay) { name, _ in name == id }
        if count == 0 { count = try await cut(.one(id.description), delay != nil, in: context.tenant) }
        guard count > 0 else { throw Problem.notFound }
        return answer(
            count,
            isRecorded: await audit.record(act: "connection.closed", subject: id.description, by: context.principal))
    }

    /// Cuts all of a user's connections (admin) → 200 `{connections, durable}`; there may be 0.
    @Sendable func disconnectUser(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let delay = try reconnectDelay(input.query)
        let user = try input.user
        let here = try await relay.close(in: context.tenant, .admin, reconnectAfter: delay) { $1.user == user }
        let count = here + (try await cut(.user(user), delay != nil, in: context.tenant))
        return answer(
            count,
            isRecorded: await audit.record(
                act: "user.disconnected", subject: user.rawValue, detail: "connections: \(count)",
                by: context.principal))
    }

    /// Milliseconds after which each client that is cut may reconnect; nil when none may.
    private func reconnectDelay(_ query: Query) throws(Problem) -> (@Sendable () -> Int)? {
        guard try query.choice(Self.reconnect) == "true" else { return nil }
        return { [settings] in StreamEvents.retry(around: settings.retry) }
    }

    private func answer(_ count: Int, isRecorded: Bool) -> Response {
        var json = JSONWriter(reserving: 32)
        json.object {
            $0.name("connections"); $0.int(count)
            $0.name("durable"); $0.bool(isRecorded)
        }
        return .json(json.bytes)
    }
}

extension Renewal {
    fileprivate init(_ reply: JSONObject) { self = reply["renewal"]?.string.flatMap(Self.init(rawValue:)) ?? .notFound }
}

extension JSONSchema {
    fileprivate static let ended = object([
        .required("connections", integer(from: 0).described("How many were ended.")),
        .required("durable", boolean.described("Whether the act is on disk yet.")),
    ]).named("EndedConnections")
}
