/// Why a key, or a set of keys, is not one to verify or sign with. Never quotes the key.
public enum KeyError: Error, Equatable, CaseIterable, CustomStringConvertible {
    case secretTooShort, secretIsAKey, notPEM, notJWK, notForSignatures, unsupported, tooSmall, invalid
    case noUsableKey, noPrivateKey, algorithmNotOfKey, payloadNotJSON, signingFailed

    public var description: String {
        switch self {
        case .secretTooShort: "an HMAC secret must have at least 32 bytes"
        case .secretIsAKey: "what is given as an HMAC secret is a public or private key, or a certificate"
        case .notPEM: "found no PEM public key, private key without passphrase, or certificate"
        case .notJWK: "not a JSON Web Key (RFC 7517)"
        case .notForSignatures: "the JSON Web Key is not meant for signatures (use, key_ops)"
        case .unsupported: "only HMAC secrets, RSA, P-256, P-384, P-521 and Ed25519 keys are supported"
        case .tooSmall: "an RSA key must have at least 2048 bits"
        case .invalid: "the key's numbers do not fit together"
        case .noUsableKey: "the key set has no key that can be used"
        case .noPrivateKey: "signing needs a private key"
        case .algorithmNotOfKey: "the key is not for this algorithm"
        case .payloadNotJSON: "the payload is not a JSON object"
        case .signingFailed: "OpenSSL could not sign"
        }
    }
}
