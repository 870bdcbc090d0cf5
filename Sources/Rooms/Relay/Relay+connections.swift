public import Events
import NIOCore

/// The outcome of renewing a live connection with a fresh token.
public enum Renewal: String, Sendable {
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
        try await close(reason, reconnectAfter: reconnectAfter) {
            $0.tenant == tenant && condition($0.id, $0.principal)
        }
    }

    /// The same for connections that began at `latest` or before.
    public func close(
        in tenant: TenantID, _ reason: CloseReason, reconnectAfter: (@Sendable () -> Int)?, openedBy latest: Timestamp,
        where condition: @escaping @Sendable (ConnectionID, Principal) -> Bool
    ) async throws -> Int {
        try await close(reason, reconnectAfter: reconnectAfter) {
            $0.tenant == tenant && $0.connectedAt <= latest && condition($0.id, $0.principal)
        }
    }

    /// Ends the connections of every tenant for whose principal `condition` holds; returns how many.
    public func closeAll(
        _ reason: CloseReason, where condition: @escaping @Sendable (Principal) -> Bool
    ) async throws -> Int {
        try await close(reason, reconnectAfter: nil) { condition($0.principal) }
    }

    /// Some at a time, so that no loop is held up by many.
    private func close(
        _ reason: CloseReason, reconnectAfter: (@Sendable () -> Int)?,
        where condition: @escaping @Sendable (Reader) -> Bool
    ) async throws -> Int {
        var count = 0
        for hub in hubs {
            var closed: Int
            repeat {
                closed = try await hub.loop.submit {
                    let due = Array(hub.all.lazy.filter(condition).prefix(Self.closedAtOnce))
                    for reader in due { reader.close(reason, reconnectAfter: reconnectAfter?()) }
                    return due.count
                }.get()
                count += closed
            } while closed == Self.closedAtOnce
        }
        return count
    }

    private static let closedAtOnce = 256

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
