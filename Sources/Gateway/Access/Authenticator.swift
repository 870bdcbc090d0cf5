public import Boards
import Events
import HTTPTypes
import Synchronization
public import Tokens

/// Tells whose claims a request may use: those of a good token, or of one that a ticket was made with.
///
/// The only place where a token comes in; every way in is held against the revocations, each time.
public final class Authenticator: Sendable {
    private let verifier: Mutex<TokenVerifier>
    private let revocations: Mutex<RevocationList>
    private let tickets: Mutex<TicketShelf>
    private let clock: @Sendable () -> Int
    private let unknownKey: @Sendable (_ issuer: String?) -> Void

    /// - Parameters:
    ///   - revocations: those in force already.
    ///   - clock: milliseconds since 1970.
    ///   - unknownKey: told what a token says of its issuer when no key fits it: perhaps there is a new one.
    public init(
        verifier: TokenVerifier, revocations: RevocationList = RevocationList(),
        unknownKey: @escaping @Sendable (_ issuer: String?) -> Void = { _ in }, clock: @escaping @Sendable () -> Int
    ) {
        self.unknownKey = unknownKey
        self.verifier = Mutex(verifier)
        self.revocations = Mutex(revocations)
        tickets = Mutex(TicketShelf())
        self.clock = clock
    }

    /// False while no token can be good for want of a key.
    var hasKeys: Bool { verifier.withLock { $0 }.hasKeys }

    /// From now on tokens are held against other keys and rules; nothing that was good before is remembered.
    public func replace(with verifier: TokenVerifier) {
        self.verifier.withLock { $0 = verifier }
        tickets.withLock { $0 = TicketShelf() }
    }

    /// - Throws: ``Problem`` 401 that names the rule that failed.
    func claims(of credentials: Credentials?) throws(Problem) -> Claims {
        let claims =
            switch credentials {
            case .token(let token): try verify(token)
            case .ticket(let ticket): try redeem(ticket)
            case nil:
                throw Problem(.unauthorized, "token_missing", "A token is needed: send it as Authorization: Bearer.")
                    .with(.wwwAuthenticate, "Bearer error=\"invalid_token\", error_description=\"no token was sent\"")
            }
        guard !isRevoked(claims) else { throw .revoked }
        return claims
    }

    // MARK: Revocations

    /// From now on the tokens that `revocation` is about are refused.
    func revoke(_ revocation: Revocation, in tenant: TenantID) {
        revocations.withLock { $0.insert(revocation, in: tenant) }
    }

    func isRevoked(_ claims: Claims) -> Bool {
        guard let tenant = TenantID(claims.tenant), let user = UserID(claims.subject) else { return false }
        return revocations.withLock {
            $0.revokes(tokenID: claims.id, of: user, issuedAt: claims.issuedAt.map { Int($0) }, in: tenant)
        }
    }

    // MARK: Tickets

    /// 32 random bytes as base64url, good once for whoever has these claims; nil when too many are unused.
    func makeTicket(for claims: Claims, of tenant: TenantID, _ user: UserID) -> String? {
        let ticket = Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0...255) })
        let owner = TicketShelf.Owner(tenant: tenant, user: user)
        return tickets.withLock { $0.put(ticket, claims, of: owner, at: clock()) } ? ticket : nil
    }

    private func redeem(_ ticket: String) throws(Problem) -> Claims {
        let now = clock()
        guard let claims = tickets.withLock({ $0.take(ticket, at: now) }) else {
            throw .unauthorized("the ticket is unknown, used or expired")
        }
        do { try verifier.withLock({ $0 }).check(claims, at: Int64(now)) } catch {
            throw .unauthorized(error.description)
        }
        return claims
    }

    private func verify(_ token: Substring) throws(Problem) -> Claims {
        let verifier = verifier.withLock { $0 }
        do {
            return try verifier.verify(token, at: Int64(clock()))
        } catch {
            if error == .noMatchingKey { unknownKey(verifier.claimedIssuer(of: token)) }
            throw .unauthorized(error.description)
        }
    }
}
