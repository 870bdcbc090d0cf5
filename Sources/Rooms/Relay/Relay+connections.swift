public import Events
import NIOCore

/// The outcome of renewing a live connection with a fresh token.
public enum Renewal: Sendable {
    /// It continues with the new token, and is shown the part of its selection that this token allows.
    case renewed
    /// The new token allows nothing that was shown: the connection was ended with `access_lost`.
    case ended
    /// There is no such connection in this tenant.
    case notFound
    /// It is another user's.
    case otherUser
}

/// Actions on live connections, whichever loop they are on.
extension Relay {
    /// Ends the tenant's connections for which `condition` holds; returns how many.
    ///
    /// - Parameter reconnectAfter: milliseconds after which each client may reconnect; nil when they shall not.
    public func close(
        in tenant: TenantID, _ reason: CloseReason, reconnectAfter: (@Sendable () -> Int)?,
        where condition: @escaping @Sendable (ConnectionID, Principal) -> Bool
    ) async throws -> Int {
        var count = 0
        for hub in hubs {
            count += try await hub.loop.submit {
                let closed = hub.all.filter { $0.tenant == tenant && condition($0.id, $0.principal) }
                for reader in closed { reader.close(reason, reconnectAfter: reconnectAfter?()) }
                return closed.count
            }.get()
        }
        return count
    }

    /// Continues the connection `id` with a fresh token of the same user.
    public func renew(_ id: ConnectionID, in tenant: TenantID, with principal: Principal) async throws -> Renewal {
        for hub in hubs {
            let renewal = try await hub.loop.submit { hub.renew(id, in: tenant, with: principal) }.get()
            if case .notFound = renewal { continue }
            return renewal
        }
        return .notFound
    }
}

extension LoopHub {
    fileprivate func renew(_ id: ConnectionID, in tenant: TenantID, with principal: Principal) -> Renewal {
        guard let reader = reader(id), reader.tenant == tenant else { return .notFound }
        guard reader.user == principal.user else { return .otherUser }
        return reader.renew(with: principal) ? .renewed : .ended
    }
}
