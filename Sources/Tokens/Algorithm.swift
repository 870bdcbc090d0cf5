import StrictJSON

/// A signature algorithm of RFC 7518 §3.1 or RFC 8037 §3.1. There is no `none`.
///
/// The raw value is the name that stands in a header's `alg`.
public enum Algorithm: String, Sendable, CaseIterable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// The algorithm that is spelled exactly so, byte by byte. `Ed25519` (RFC 9864 §2.2) is `EdDSA`, since this is the
    /// only curve of its kind that we have.
    public init?(name: String) {
        if name.hasSameBytes(as: "Ed25519") {
            self = .edDSA
            return
        }
        guard let algorithm = Self.allCases.first(where: { $0.rawValue.hasSameBytes(as: name) }) else { return nil }
        self = algorithm
    }

    /// The hash that is signed; Ed25519 brings its own.
    var hash: HashFunction? {
        switch self {
        case .hs256, .rs256, .ps256, .es256: .sha256
        case .hs384, .rs384, .ps384, .es384: .sha384
        case .hs512, .rs512, .ps512, .es512: .sha512
        case .edDSA: nil
        }
    }
}
