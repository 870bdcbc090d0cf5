public import Boards
public import Events
import HTTPTypes
import NIOCore
import Synchronization
public import Tokens

/// Authenticates requests: finds the principal of a valid token, or of the token that a ticket was made with.
///
/// This is the only place that accepts tokens; each use is checked against the revocations.
public final class Authenticator: Sendable {
    private let verifier: Mutex<TokenVerifier>
    /// Since when each of its keys has been ours.
    private let keyTimes: Mutex<[SigningKeyID: Timestamp]>
    private let revocations: Mutex<RevocationList>
    /// Revocations in force for each tenant.
    private let revocationLimit: Int
    private let tickets: Mutex<TicketShelf>
    private let clock: @Sendable () -> Timestamp
    private let arrivals: (any KeyArrivals)?
    /// The tickets of all nodes; nil where there are no others, and tickets are on the shelf alone.
    private let shared = Mutex<(any NodeStore)?>(nil)

    /// How long a request waits for a key that its token names.
    static let patience = TimeAmount.seconds(2)

    /// - Parameters:
    ///   - revocations: the revocations already in force.
    ///   - arrivals: where keys come from that tokens name and the verifier does not have.
    public init(
        verifier: TokenVerifier, revocations: RevocationList = RevocationList(), limits: AdminLimits = AdminLimits(),
        arrivals: (any KeyArrivals)? = nil,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.arrivals = arrivals
        self.verifier = Mutex(verifier)
        keyTimes = Mutex(Self.times(of: verifier, after: [:], at: clock()))
        self.revocations = Mutex(revocations)
        revocationLimit = limits.revocations
        tickets = Mutex(TicketShelf())
        self.clock = clock
    }

    /// False while every token is refused because there is no key.
    var hasKeys: Bool { verifier.withLock { $0 }.hasKeys }

    /// Replaces the keys and rules; tokens that were verified before are verified again. The connections that a key
    /// opened which is gone are to be ended by the caller.
    public func replace(with verifier: TokenVerifier) {
        self.verifier.withLock { $0 = verifier }
        let now = clock()
        keyTimes.withLock { $0 = Self.times(of: verifier, after: $0, at: now) }
        tickets.withLock { $0 = TicketShelf() }
    }

    /// The keys that may speak for `tenant`, and since when each has been ours.
    func keys(for tenant: TenantID) -> [(key: TokenKey, since: Timestamp)] {
        let times = keyTimes.withLock { $0 }
        return verifier.withLock { $0 }.keys(for: tenant).map { ($0, times[$0.id] ?? clock()) }
    }

    private static func times(
        of verifier: TokenVerifier, after earlier: [SigningKeyID: Timestamp], at now: Timestamp
    ) -> [SigningKeyID: Timestamp] {
        Dictionary(verifier.allKeys.map { ($0.id, earlier[$0.id] ?? now) }) { first, _ in first }
    }

    /// - Parameter loop: the loop of a caller that can wait. Nil for one that can't, or has waited.
    /// - Throws: ``Problem`` 401 that names the rule that failed. With ``Problem/keyArrival`` it is not the last word: the
    ///   token names a key that is being fetched, and is to be judged once more after that.
    func principal(of credentials: Credentials?, waitingOn loop: (any EventLoop)? = nil) throws(Problem) -> Principal {
        let principal =
            switch credentials {
            case .token(let token): try verify(token, waitingOn: loop)
            case .ticket(let ticket): try redeem(ticket, waitingOn: loop)
            case nil:
                throw Problem(.tokenMissing, "A token is needed: send it as Authorization: Bearer.")
                    .with(.wwwAuthenticate, "Bearer error=\"invalid_token\", error_description=\"no token was sent\"")
            }
        guard !isListed(principal) else { throw .revoked }
        return principal
    }

    /// The same for a plain token (HS256, nothing unusual in it), where it lies among the bytes of a request. Nil says
    /// nothing of the token: ``principal(of:waitingOn:)`` has the verdict and its reason.
    func principal(ofPlain token: UnsafeRawBufferPointer) -> Principal? {
        guard let principal = verifier.withLock({ $0 }).verifyPlain(token, at: clock()), !isListed(principal) else {
            return nil
        }
        return principal
    }

    /// The principal of credentials with which something that lasts may begin; nil for those that are refused, or wait for
    /// a key.
    func lastingPrincipal(of credentials: Credentials) -> Principal? {
        guard let principal = try? principal(of: credentials), principal.expiresAt > clock() else { return nil }
        return principal
    }

    /// The same for a token where it lies.
    func lastingPrincipal(of token: UnsafeRawBufferPointer) -> Principal? {
        guard let principal = principal(ofPlain: token) else {
            return lastingPrincipal(of: .token(String(decoding: token, as: UTF8.self)[...]))
        }
        return principal.expiresAt > clock() ? principal : nil
    }

    /// Why a token comes to the tenant and the role that it does; nil when it is not valid now.
    func reasons(of token: Substring) -> TokenReasons? {
        try? verifier.withLock { $0 }.reasons(of: String(token), at: clock())
    }

    /// Checks that something that lasts may begin: `exp` ends it, so it can't begin after that. The leeway is for calls,
    /// which are answered at once.
    ///
    /// - Throws: ``Problem`` 401 past the token's `exp`.
    func checkLasting(_ principal: Principal) throws(Problem) {
        guard principal.expiresAt > clock() else {
            throw .unauthorized(TokenError.expired)
        }
    }

    // MARK: Revocations

    /// Refuses the tokens of `target` from now on.
    ///
    /// - Throws: ``BoardError/conflict(_:)`` at the limit of revocations; then nothing has changed.
    func revoke(_ target: Revocation.Target, at now: Timestamp, in tenant: TenantID) throws(BoardError) {
        let hasRoom = revocations.withLock { list in
            guard list.hasRoom(for: target, in: tenant, limit: revocationLimit) else { return false }
            list.insert(target, at: now, in: tenant)
            return true
        }
        guard hasRoom else { throw .conflict(.revocationsFull(limit: revocationLimit)) }
    }

    /// Refuses the tokens of what was revoked elsewhere, whatever the limit is: it is in force there already.
    func learn(_ target: Revocation.Target, at time: Timestamp, in tenant: TenantID) {
        revocations.withLock { $0.insert(target, at: time, in: tenant) }
    }

    func learn(_ list: RevocationList) { revocations.withLock { $0.formUnion(list) } }

    /// Whether the principal's token no longer counts: it was revoked, or its key was withdrawn.
    func isRevoked(_ principal: Principal) -> Bool { isListed(principal) || !trustsKey(of: principal) }

    /// Whether the key that the principal's token was verified with still counts.
    public func trustsKey(of principal: Principal) -> Bool { verifier.withLock { $0 }.trustsKey(of: principal) }

    private func isListed(_ principal: Principal) -> Bool {
        revocations.withLock {
            $0.revokes(
                tokenID: principal.tokenID, of: principal.user, issuedAt: principal.issuedAt, in: principal.tenant)
        }
    }

    // MARK: Tickets

    /// Has tickets be valid once on all nodes of `store` together. Call before the first request.
    func share(in store: any NodeStore) { shared.withLock { $0 = store } }

    /// 32 random bytes as base64url, valid once, for this principal; nil when too many are unused.
    ///
    /// - Throws: ``Events/StoreFailure`` where other nodes can't learn of it.
    func makeTicket(for principal: Principal) async throws(StoreFailure) -> String? {
        let ticket = Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0...255) })
        if let store = shared.withLock({ $0 }) {
            let isKept = try await store.keep(
                ticket: sha256(Array(ticket.utf8)), for: principal, lifetime: TicketShelf.lifetime,
                perUser: TicketShelf.limitPerUser, total: TicketShelf.limit)
            return isKept ? ticket : nil
        }
        return tickets.withLock { $0.put(ticket, principal, at: clock()) } ? ticket : nil
    }

    /// A ticket of several nodes is taken from their store first, by one of them, and then from the shelf.
    private func redeem(_ ticket: String, waitingOn loop: (any EventLoop)?) throws(Problem) -> Principal {
        let now = clock()
        guard let principal = tickets.withLock({ $0.take(ticket, at: now) }) else {
            var problem = Problem.unauthorized("the ticket is unknown, used or expired")
            if let loop, let store = shared.withLock({ $0 }) {
                problem.keyArrival = fetch(ticket, from: store, on: loop)
            }
            throw problem
        }
        do { try verifier.withLock({ $0 }).check(principal, at: now) } catch {
            throw .unauthorized(error)
        }
        return principal
    }

    /// Succeeds when the ticket is on the shelf, or is nowhere, or after 2 s.
    private func fetch(_ ticket: String, from store: any NodeStore, on loop: any EventLoop) -> EventLoopFuture<Void>? {
        guard TicketShelf.isTicket(ticket) else { return nil }
        let promise = loop.makePromise(of: Void.self)
        Task {
            if let principal = try? await store.take(ticket: sha256(Array(ticket.utf8))), trustsKey(of: principal) {
                let now = clock()
                _ = tickets.withLock { $0.put(ticket, principal, at: now) }
            }
            promise.succeed()
        }
        return promise.futureResult
    }

    private func verify(_ token: Substring, waitingOn loop: (any EventLoop)?) throws(Problem) -> Principal {
        let verifier = verifier.withLock { $0 }
        do {
            return try verifier.verify(token, at: clock())
        } catch {
            var problem = Problem.unauthorized(error)
            if error.rule == .signature, let loop, let missing = verifier.missingKey(of: token) {
                problem.keyArrival = arrival(of: missing, on: loop)
            }
            throw problem
        }
    }

    /// Succeeds when the key was fetched, or could not be, or after 2 s; nil when there is nothing to wait for.
    private func arrival(of missing: TokenVerifier.MissingKey, on loop: any EventLoop) -> EventLoopFuture<Void>? {
        guard let arrivals else { return nil }
        let promise = loop.makePromise(of: Void.self)
        guard arrivals.request(missing.issuer, arrived: { promise.succeed() }) else {
            promise.succeed()
            return nil
        }
        let timer = loop.scheduleTask(in: Self.patience) { promise.succeed() }
        promise.futureResult.whenComplete { _ in timer.cancel() }
        return promise.futureResult
    }
}
