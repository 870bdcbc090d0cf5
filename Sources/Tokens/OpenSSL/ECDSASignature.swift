import COpenSSL

/// The two forms of an ECDSA signature: r and s side by side as in tokens (RFC 7518 §3.4), DER as in OpenSSL.
enum ECDSASignature {
    /// Nil when r or s is zero: such a signature must never be asked about (CVE-2022-21449).
    ///
    /// - Precondition: `raw` has the length that the curve asks for.
    static func der(fromRaw raw: UnsafeRawBufferPointer) -> [UInt8]? {
        let octets = raw.assumingMemoryBound(to: UInt8.self)
        let half = raw.count / 2
        guard let signature = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(signature) }
        let r = BN_bin2bn(octets.baseAddress, Int32(half), nil)
        let s = BN_bin2bn(octets.baseAddress! + half, Int32(half), nil)
        // From here on the numbers belong to `signature`.
        guard ECDSA_SIG_set0(signature, r, s) == 1, BN_is_zero(r) == 0, BN_is_zero(s) == 0 else { return nil }
        let size = Int(i2d_ECDSA_SIG(signature, nil))
        guard size > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            var end = buffer.baseAddress
            count = Int(i2d_ECDSA_SIG(signature, &end))
        }
    }

    /// `size` bytes, half of them r and half s.
    static func raw(fromDER der: [UInt8], size: Int) -> [UInt8]? {
        let signature = der.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_ECDSA_SIG(nil, &start, buffer.count)
        }
        guard let signature else { return nil }
        defer { ECDSA_SIG_free(signature) }
        var raw = [UInt8](repeating: 0, count: size)
        let half = Int32(size / 2)
        let isWritten = raw.withUnsafeMutableBufferPointer { raw in
            BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw.baseAddress, half) == half
                && BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw.baseAddress! + size / 2, half) == half
        }
        return isWritten ? raw : nil
    }
}
