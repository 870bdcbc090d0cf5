public import Events
import NIOCore

/// What came of a fresh token for a live connection.
public enum Renewal: Sendable {
    /// It lives on by the new token, which shows it what it asked for as far as the token is good for it.
    case renewed
    /// The new token shows nothing of what it showed: it was ended as `access_lost`.
    case ended
    /// There is no such connection in this tenant.
    case notFound
    /// It is another user's.
    case otherUser
}

/// What is done to live connections from outside, whichever loop they are on.
extension Relay {
    /// Ends the tenant's connections for which `condition` holds; returns how many.
    ///
    /// - Parameter reconnectAfter: milliseconds for each of them; nil tells the clients to stay away.
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

    /// Lets the connection `id` live on by a fresh token of the same user.
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
