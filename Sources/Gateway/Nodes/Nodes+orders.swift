import Boards
import Events
import Rooms
import StrictJSON

/// What this node does because it was ordered, and what it answers.
extension Nodes {
    /// How long whoever asks waits for the others; older questions are not answered.
    static let patience = Duration.seconds(2)

    /// - Returns: the answer, as JSON; nil where nobody waits for one.
    func carryOut(_ order: Order) async -> [UInt8]? {
        guard let content = order.content, !(order.node.map(isOwn) ?? false) else { return nil }
        let tenant = order.tenant
        switch content {
        case .revoke(let target, let time):
            parts.authenticator.learn(target, at: time, in: tenant)
            let revoked = RevocationList(target, at: time, in: tenant)
            _ = try? await parts.relay.close(in: tenant, .revoked, reconnectAfter: nil) { _, principal in
                revoked.revokes(
                    tokenID: principal.tokenID, of: principal.user, issuedAt: principal.issuedAt, in: tenant)
            }
            return nil
        case .close(let connections, let mayReturn):
            let count = await close(connections, mayReturn, older: order.age, tenant)
            return reply {
                $0.name("count"); $0.int(count)
            }
        case .renew(let id, let principal):
            guard let id = ConnectionID(id) else { return nil }
            let outcome = await renew(id, with: principal)
            return reply {
                $0.name("renewal"); $0.string(outcome.rawValue)
            }
        case .list(let query):
            guard order.age < Self.patience else { return nil }
            return try? await ConnectionList(query, of: tenant, on: parts.relay, node: settings.name).json
        }
    }

    /// A connection that was opened after the order is the client's return from another node.
    private func close(
        _ connections: Order.Connections, _ mayReturn: Bool, older age: Duration, _ tenant: TenantID
    ) async -> Int {
        let retry = parts.retry
        let later: @Sendable () -> Int = { StreamEvents.retry(around: retry) }
        let count = try? await parts.relay.close(
            in: tenant, .admin, reconnectAfter: mayReturn ? later : nil, openedBy: wallClock - age
        ) { id, principal in
            switch connections {
            case .one(let name): id.description == name
            case .user(let user): principal.user == user
            }
        }
        return count ?? 0
    }

    private func renew(_ id: ConnectionID, with principal: Principal) async -> Renewal {
        guard let renewal = try? await parts.relay.renew(id, in: principal.tenant, with: principal) else {
            return .notFound
        }
        if renewal == .renewed, parts.authenticator.isRevoked(principal) {
            _ = try? await parts.relay.close(in: principal.tenant, .revoked, reconnectAfter: nil) { name, _ in
                name == id
            }
        }
        return renewal
    }

    private func reply(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(reserving: 64)
        json.object(members)
        return json.bytes
    }
}
