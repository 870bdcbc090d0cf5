import Client
import Events
import ServerSettings
import StrictJSON
import Text
import Tokens

/// The claims of a new token, checked by the rules by which it will be verified.
struct TokenDraft: Sendable {
    private var claims: JSONObject
    private let lifetime: Lifetime

    /// - Parameters:
    ///   - boards: empty for all of the tenant's.
    ///   - claims: further claims, each as `name=json`. They may replace `iat`, `exp`, `jti`, `iss` and `aud`, but no
    ///     claim that another parameter sets.
    ///   - auth: the server's settings: the required issuer and audience, and the claims that name tenant and role.
    /// - Throws: ``Failure`` of usage.
    init(
        subject: String, tenant: String, role: Role?, boards: [String], claims more: [String], lifetime: Lifetime,
        auth: Settings.Auth
    ) throws(Failure) {
        guard UserID(subject) != nil else { throw Failure(.usage, "--sub: \(TokenError.subject)") }
        guard TenantID(tenant) != nil else { throw Failure(.usage, "--tenant: \(TokenError.tenant)") }
        var claims = JSONObject()
        claims["sub"] = .string(subject)
        claims[auth.tenantClaim.text] = .string(tenant)
        if let role {
            guard let name = auth.roles.name(of: role) else {
                throw Failure(.usage, "--role: no token can say \(role.rawValue) here; map a name to it in auth.roles")
            }
            claims[auth.roles.claim.text] = .string(name)
        }
        for board in boards where BoardID(board) == nil {
            throw Failure(.usage, "--board: “\(board.printable)” is not 1 to 64 characters of a-z, 0-9 and -")
        }
        if !boards.isEmpty { claims["boards"] = .array(boards.map { .string($0) }) }
        for claim in more {
            let (name, value) = try Self.parse(claim)
            guard claims[name] == nil else { throw Failure(.usage, "--claim: \(name.printable) is given twice") }
            claims[name] = value
        }
        if claims["iss"] == nil { claims["iss"] = auth.issuer.map { .string($0) } }
        if claims["aud"] == nil { claims["aud"] = auth.audience.map { .string($0) } }
        self.claims = claims
        self.lifetime = lifetime
    }

    private static func parse(_ claim: String) throws(Failure) -> (name: String, value: JSONValue) {
        let halves = claim.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty else {
            throw Failure(.usage, "--claim: write name=json, such as level=3")
        }
        let name = String(halves[0])
        do { return (name, try JSONParser.parse(Array(halves[1].utf8))) } catch {
            let hint = "a text needs its quotes: --claim '\(name.printable)=\"…\"'"
            throw Failure(.usage, "--claim: the value of \(name.printable) is not JSON: \(error); \(hint)")
        }
    }

    /// The token.
    ///
    /// - Parameter algorithm: nil means the key's first.
    /// - Throws: ``Failure`` of usage when the key can't sign with this algorithm.
    func sign(
        with key: TokenKey, algorithm: Algorithm? = nil, keyID: String? = nil, at now: Timestamp
    ) throws(Failure) -> String {
        let id = Base64URL.encode((0..<12).map { _ in UInt8.random(in: 0...255) })
        do {
            let signer = try TokenSigner(key: key, algorithm: algorithm)
            return try signer.sign(payload(at: now, id: id), keyID: keyID)
        } catch {
            throw Failure(.usage, "\(error)")
        }
    }

    /// - Parameter id: becomes `jti`, by which the token can be revoked.
    func payload(at now: Timestamp, id: String) -> [UInt8] {
        var claims = claims
        let seconds = now.milliseconds / 1000
        if claims["iat"] == nil { claims["iat"] = .number(JSONNumber(seconds)) }
        if claims["exp"] == nil { claims["exp"] = .number(JSONNumber(seconds + lifetime.seconds)) }
        if claims["jti"] == nil { claims["jti"] = .string(id) }
        var json = JSONWriter()
        json.value(.object(claims))
        return json.bytes
    }
}
