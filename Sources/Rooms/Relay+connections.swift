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
        where condition: @escaping @Sendable (ConnectionID, Grant) -> Bool
    ) async throws -> Int {
        var count = 0
        for registry in allRegistries {
            count += try await registry.loop.submit {
                let closed = registry.all.filter { $0.tenant == tenant && condition($0.id, $0.grant) }
                for subscriber in closed { registry.close(subscriber, reason, reconnectAfter: reconnectAfter?()) }
                return closed.count
            }.get()
        }
        return count
    }

    /// Lets the connection `id` live on by a fresh token of the same user.
    public func renew(_ id: ConnectionID, in tenant: TenantID, with grant: Grant) async throws -> Renewal {
        for registry in allRegistries {
            let renewal = try await registry.loop.submit { registry.renew(id, in: tenant, with: grant) }.get()
            if case .notFound = renewal { continue }
            return renewal
        }
        return .notFound
    }
}

extension RoomRegistry {
    /// Lets `subscriber` live on by a fresh token of its user; false when that shows nothing of what it showed, and the
    /// connection was ended. On its loop.
    public func renew(_ subscriber: Subscriber, with grant: Grant) -> Bool {
        guard subscriber.state != .closed else { return false }
        subscriber.grant = grant
        subscriber.isToldOfExpiry = false
        let before = subscriber.selection.boards
        let after = subscriber.asked.narrowed(to: grant.boards).boards
        if after == .only([]), before != after {
            close(subscriber, .accessLost, reconnectAfter: nil)
            return false
        }
        if after != before { reselect(subscriber, subscriber.asked) }
        return true
    }

    fileprivate func renew(_ id: ConnectionID, in tenant: TenantID, with grant: Grant) -> Renewal {
        guard let subscriber = subscriber(id), subscriber.tenant == tenant else { return .notFound }
        guard subscriber.user == grant.user else { return .otherUser }
        return renew(subscriber, with: grant) ? .renewed : .ended
    }
}
