import COpenSSL
import Events

/// An RSA, EC or Ed25519 key: the public half, and the private one when it is there.
///
/// Never changes once made, so that OpenSSL lets any number of threads use it at once.
final class KeyPair: Sendable {
    enum Kind { case rsa, rsaPSS, p256, p384, p521, ed25519 }

    /// An `EVP_PKEY` of our own.
    nonisolated(unsafe) let pointer: OpaquePointer
    let kind: Kind
    let isPrivate: Bool
    /// That of the public half.
    let id: SigningKeyID

    /// Takes over `pointer`, even when it throws.
    ///
    /// - Throws: ``KeyError/unsupported``, ``KeyError/tooSmall``, or ``KeyError/invalid`` when the numbers are no key,
    ///   or the halves are not of one pair.
    init(owning pointer: OpaquePointer, isPrivate: Bool) throws(KeyError) {
        self.pointer = pointer
        self.isPrivate = isPrivate
        guard let kind = Kind(of: pointer), let id = SigningKeyID(of: pointer) else {
            EVP_PKEY_free(pointer)
            throw .unsupported
        }
        (self.kind, self.id) = (kind, id)
        guard kind.isEllipticCurve || EVP_PKEY_get_bits(pointer) >= 2048 else { throw .tooSmall }
        let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil)
        defer { EVP_PKEY_CTX_free(context) }
        defer { ERR_clear_error() }
        guard EVP_PKEY_public_check(context) == 1, !isPrivate || verifiesWhatItSigns() else { throw .invalid }
    }

    /// Unlike OpenSSL's own check of a pair, this one does not need an RSA key's primes, which a JWK may leave out.
    private func verifiesWhatItSigns() -> Bool {
        Array("probe".utf8).withUnsafeBytes { probe in
            guard let signature = try? sign(probe, by: kind.algorithms[0]) else { return false }
            return signature.withUnsafeBytes { isSignature($0, of: probe, by: kind.algorithms[0]) }
        }
    }

    deinit { EVP_PKEY_free(pointer) }
}

extension KeyPair.Kind {
    /// Nil for what we do not support. A curve must be one of ours in all its parameters, if it spells them out.
    fileprivate init?(of pointer: OpaquePointer) {
        if EVP_PKEY_is_a(pointer, "RSA") == 1 {
            self = .rsa
        } else if EVP_PKEY_is_a(pointer, "RSA-PSS") == 1 {
            self = .rsaPSS
        } else if EVP_PKEY_is_a(pointer, "ED25519") == 1 {
            self = .ed25519
        } else if EVP_PKEY_is_a(pointer, "EC") == 1 {
            let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { name in
                EVP_PKEY_get_group_name(pointer, name.baseAddress, name.count, nil) == 1
                    ? String(cString: name.baseAddress!) : nil
            }
            switch name {
            case "prime256v1": self = .p256
            case "secp384r1": self = .p384
            case "secp521r1": self = .p521
            default: return nil
            }
        } else {
            return nil
        }
    }

    var algorithms: [Algorithm] {
        switch self {
        case .rsa: [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]
        case .rsaPSS: [.ps256, .ps384, .ps512]
        case .p256: [.es256]
        case .p384: [.es384]
        case .p521: [.es512]
        case .ed25519: [.edDSA]
        }
    }

    fileprivate var isEllipticCurve: Bool { self != .rsa && self != .rsaPSS }
}
