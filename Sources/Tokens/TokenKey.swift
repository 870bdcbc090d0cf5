public import Events
import StrictJSON

/// One key to verify with, and to sign with when it has its private part. The key decides its algorithms:
///
/// | key | algorithms |
/// |---|---|
/// | HMAC secret of at least 32 bytes | HS256, HS384, HS512 |
/// | RSA of at least 2048 bits | RS256, RS384, RS512, PS256, PS384, PS512 |
/// | RSA-PSS of at least 2048 bits | PS256, PS384, PS512 |
/// | EC on P-256, P-384, P-521 | ES256, ES384, ES512, one each |
/// | Ed25519 | EdDSA |
public struct TokenKey: Sendable {
    enum Material: Sendable {
        case secret(MACKey)
        case pair(KeyPair)
    }

    let material: Material
    /// The first one is signed with unless another is asked for.
    public let algorithms: [Algorithm]
    /// A token that names another `kid` is not tried with this key. Nil fits every token.
    public let keyID: String?
    /// When set, only tokens whose `iss` is this are tried with this key, and they are tried with no unbound one.
    public private(set) var issuer: String?
    /// When set, tokens signed with this key speak for this tenant alone.
    public private(set) var tenant: String?

    /// When set, tokens signed with this key must name this audience.
    public private(set) var audience: String?
    /// When set, the role of a token signed with this key is found by these.
    public private(set) var roles: RoleRules?

    /// An HMAC secret.
    ///
    /// - Throws: ``KeyError/secretTooShort``; ``KeyError/secretIsAKey`` when it is a key or certificate in some usual
    ///   encoding, since anybody who has the public half could sign with it.
    public init(secret: [UInt8], keyID: String? = nil) throws(KeyError) {
        guard secret.count >= 32 else { throw .secretTooShort }
        guard !KeyPair.looksLikeKey(secret) else { throw .secretIsAKey }
        self.init(.secret(MACKey(secret: secret)), [.hs256, .hs384, .hs512], keyID: keyID)
    }

    /// The first private key, else public key, else certificate of a PEM file (RFC 7468); ``KeyList`` has all of them. A
    /// certificate stands for its key alone: its dates and its issuer are not looked at.
    ///
    /// - Throws: ``KeyError/notPEM``, ``KeyError/unsupported``, ``KeyError/tooSmall`` or ``KeyError/invalid``.
    public init(pem: [UInt8], keyID: String? = nil) throws(KeyError) {
        let pair = try KeyPair(pem: pem)
        self.init(.pair(pair), pair.kind.algorithms, keyID: keyID)
    }

    init(_ material: Material, _ algorithms: [Algorithm], keyID: String?) {
        self.material = material
        self.algorithms = algorithms
        self.keyID = keyID
    }

    /// The same key, for tokens of this issuer only and, when they are given, for that tenant and audience only, with
    /// roles by these rules.
    public func bound(
        toIssuer issuer: String, tenant: String? = nil, audience: String? = nil, roles: RoleRules? = nil
    ) -> TokenKey {
        var key = self
        key.issuer = issuer
        key.tenant = tenant
        key.audience = audience
        key.roles = roles
        return key
    }

    /// The same key, with this id.
    func named(_ keyID: String?) -> TokenKey {
        var key = TokenKey(material, algorithms, keyID: keyID)
        (key.issuer, key.tenant, key.audience, key.roles) = (issuer, tenant, audience, roles)
        return key
    }

    /// The same key, for no other algorithms than these; nil when it is for none of them.
    public func narrowed(to algorithms: [Algorithm]) -> TokenKey? {
        let left = self.algorithms.filter(algorithms.contains)
        guard !left.isEmpty else { return nil }
        var key = TokenKey(material, left, keyID: keyID)
        (key.issuer, key.tenant, key.audience, key.roles) = (issuer, tenant, audience, roles)
        return key
    }

    /// Whether who can verify with it can also sign with it.
    public var isSecret: Bool { if case .secret = material { true } else { false } }

    /// The same for the same key, wherever it comes from and whatever it is bound to.
    public var id: SigningKeyID {
        switch material {
        case .secret(let key): key.id
        case .pair(let pair): pair.id
        }
    }

    public var canSign: Bool {
        switch material {
        case .secret: true
        case .pair(let pair): pair.isPrivate
        }
    }

    func fits(_ header: TokenHeader) -> Bool {
        guard algorithms.contains(header.algorithm) else { return false }
        guard let keyID, let wanted = header.keyID else { return true }
        return keyID.hasSameBytes(as: wanted)
    }

    /// - Precondition: `algorithm` is one of ours.
    func verifies(_ token: CompactToken, by algorithm: Algorithm) -> Bool {
        token.signature.withUnsafeBytes { signature in
            switch material {
            case .secret(let key): key.isSignature(signature, of: token.signed, by: algorithm.hash!)
            case .pair(let pair): pair.isSignature(signature, of: token.signed, by: algorithm)
            }
        }
    }

    /// - Precondition: `algorithm` is one of ours, and ``canSign``.
    func sign(_ message: UnsafeRawBufferPointer, by algorithm: Algorithm) throws(KeyError) -> [UInt8] {
        switch material {
        case .secret(let key): key.sign(message, by: algorithm.hash!)
        case .pair(let pair): try pair.sign(message, by: algorithm)
        }
    }
}
