import Events
import StrictJSON

/// The keys that tokens are verified with, each found by issuer, key id and algorithm.
///
/// A key that is bound to an issuer is never tried for a token of another one, nor is an unbound key tried for a token
/// whose issuer has keys of its own: two issuers that use the same `kid` cannot speak for each other.
public struct KeySet: Sendable {
    /// Most keys that are tried for one token.
    static let mostTries = 8

    private var unbound: [TokenKey] = []
    private var bound: [[UInt8]: [TokenKey]] = [:]
    private var byID: [SigningKeyID: [TokenKey]] = [:]

    /// - Parameter issuers: such as have keys of their own, even if those are not here: no other key speaks for them.
    public init(_ keys: [TokenKey], issuers: [String] = []) {
        for issuer in issuers { bound[Array(issuer.utf8)] = [] }
        // Those with a key id first: they fit fewer tokens.
        for key in keys.filter({ $0.keyID != nil }) + keys.filter({ $0.keyID == nil }) {
            byID[key.id, default: []].append(key)
            if let issuer = key.issuer {
                bound[Array(issuer.utf8), default: []].append(key)
            } else {
                unbound.append(key)
            }
        }
    }

    /// The usable keys of a JWK set.
    ///
    /// - Throws: as ``KeyList/init(json:)`` does.
    public init(jwkSet json: some Sequence<UInt8>) throws(KeyError) { self.init(try KeyList(json: json).keys) }

    /// Every key, those with a key id first.
    public var keys: [TokenKey] { unbound + bound.values.joined() }

    /// The keys with this id that would be tried for a token of `issuer`.
    func keys(_ id: SigningKeyID, for issuer: String?) -> [TokenKey] {
        let issuerHasOwn = issuer.map { bound[Array($0.utf8)] != nil } ?? false
        return (byID[id] ?? []).filter { key in
            guard issuerHasOwn, let issuer else { return key.issuer == nil }
            return key.issuer?.hasSameBytes(as: issuer) ?? false
        }
    }

    /// The key that signed `token`, among those that may speak for `issuer`.
    ///
    /// - Throws: `noMatchingKey` when none of ours could have, `signatureMismatch` when none did.
    func signer(of token: CompactToken, header: TokenHeader, issuer: String?) throws(TokenError) -> TokenKey {
        guard !bound.isEmpty, let issuer, let own = bound[Array(issuer.utf8)] else {
            return try Self.signer(of: token, header: header, among: unbound)
        }
        return try Self.signer(of: token, header: header, among: own)
    }

    /// The same, among all keys.
    func signer(of token: CompactToken, header: TokenHeader) throws(TokenError) -> TokenKey {
        try Self.signer(of: token, header: header, among: keys)
    }

    private static func signer(
        of token: CompactToken, header: TokenHeader, among keys: [TokenKey]
    ) throws(TokenError) -> TokenKey {
        var tries = 0
        for key in keys where key.fits(header) && tries < mostTries {
            if key.verifies(token, by: header.algorithm) { return key }
            tries += 1
        }
        throw tries == 0 ? .noMatchingKey : .signatureMismatch
    }

    /// The secrets that are tried, in this order, for a token that names no key; nil when a token's issuer may have keys
    /// of its own, and when there is no secret for `algorithm`.
    func secrets(for algorithm: Algorithm) -> [(key: MACKey, id: SigningKeyID)]? {
        let fitting = unbound.filter { $0.algorithms.contains(algorithm) }.prefix(Self.mostTries)
        let secrets = fitting.compactMap { key in
            if case .secret(let secret) = key.material { (key: secret, id: key.id) } else { nil }
        }
        return bound.isEmpty && !secrets.isEmpty && secrets.count == fitting.count ? secrets : nil
    }

    /// Whether a key that the header names may be missing: none of those that may speak for `issuer` has that id and is
    /// for that algorithm, or none fits when no id is named.
    func lacksKey(_ header: TokenHeader, for issuer: String?) -> Bool {
        let own = issuer.flatMap { bound[Array($0.utf8)] } ?? unbound
        return !own.contains { key in
            guard let wanted = header.keyID else { return key.fits(header) }
            return key.keyID?.hasSameBytes(as: wanted) == true && key.fits(header)
        }
    }
}
