import HTTPTypes
import Synchronization
public import Tokens

/// Finds the token of a request and has it verified. The only place where a token comes in.
public final class Authenticator: Sendable {
    private let verifier: Mutex<TokenVerifier>
    private let clock: @Sendable () -> Int
    private let unknownKey: @Sendable (_ issuer: String?) -> Void

    /// - Parameters:
    ///   - clock: milliseconds since 1970.
    ///   - unknownKey: told what a token says of its issuer when no key fits it: perhaps there is a new one.
    public init(
        verifier: TokenVerifier, unknownKey: @escaping @Sendable (_ issuer: String?) -> Void = { _ in },
        clock: @escaping @Sendable () -> Int
    ) {
        self.verifier = Mutex(verifier)
        self.unknownKey = unknownKey
        self.clock = clock
    }

    /// False while no token can be good for want of a key.
    var hasKeys: Bool { verifier.withLock { $0 }.hasKeys }

    /// From now on tokens are held against other keys and rules; none that was good before is remembered.
    public func replace(with verifier: TokenVerifier) { self.verifier.withLock { $0 = verifier } }

    /// - Parameters:
    ///   - authorization: every such header, as it stands.
    ///   - query: the value of `token`, where the route takes it; the header wins.
    /// - Throws: ``Problem`` 401 that names the rule that failed.
    func claims(authorization: [String], query: String? = nil) throws(Problem) -> Claims {
        guard authorization.count <= 1 else { throw .unauthorized("there is more than one Authorization header") }
        let token: Substring
        if let header = authorization.first {
            guard let bearer = Self.bearer(header) else {
                throw .unauthorized("the Authorization header must be Bearer and a token")
            }
            token = bearer
        } else if let query {
            token = query[...]
        } else {
            throw Problem(.unauthorized, "token_missing", "A token is needed: send it as Authorization: Bearer.")
                .with(.wwwAuthenticate, "Bearer error=\"invalid_token\", error_description=\"no token was sent\"")
        }
        let verifier = verifier.withLock { $0 }
        do {
            return try verifier.verify(token, at: Int64(clock()))
        } catch {
            if error == .noMatchingKey { unknownKey(verifier.claimedIssuer(of: token)) }
            throw .unauthorized(error.description)
        }
    }

    /// RFC 6750 §2.1; the scheme's case does not matter (RFC 9110 §11.1).
    private static func bearer(_ header: String) -> Substring? {
        guard let space = header.firstIndex(of: " "), header[..<space].lowercased() == "bearer" else { return nil }
        let token = header[space...].drop { $0 == " " }
        return token.isEmpty ? nil : token
    }
}
