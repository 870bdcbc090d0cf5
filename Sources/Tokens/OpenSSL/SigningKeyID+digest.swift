import COpenSSL
import Events

extension SigningKeyID {
    init(digesting bytes: [UInt8]) {
        self.init(rawValue: sha256(bytes).prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// That of an `EVP_PKEY`, by the DER of its public half (RFC 5280 §4.1.2.7); nil when it has none.
    init?(of key: OpaquePointer) {
        let count = Int(i2d_PUBKEY(key, nil))
        guard count > 0 else { return nil }
        let der = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            var next = buffer.baseAddress
            used = Int(i2d_PUBKEY(key, &next))
        }
        self.init(digesting: der)
    }
}
