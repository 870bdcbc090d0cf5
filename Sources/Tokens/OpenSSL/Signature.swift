import COpenSSL

extension KeyPair {
    /// Whether `signature` is one of `message`. It must have exactly the length of RFC 7518 §3.3 to §3.5 or RFC 8037
    /// §3.1. Safe to call from any thread.
    func isSignature(
        _ signature: UnsafeRawBufferPointer, of message: UnsafeRawBufferPointer, by algorithm: Algorithm
    ) -> Bool {
        guard signature.count == signatureSize else { return false }
        guard isECDSA else { return verify(signature, of: message, by: algorithm) }
        guard let der = ECDSASignature.der(fromRaw: signature) else { return false }
        return der.withUnsafeBytes { verify($0, of: message, by: algorithm) }
    }

    private func verify(
        _ signature: UnsafeRawBufferPointer, of message: UnsafeRawBufferPointer, by algorithm: Algorithm
    ) -> Bool {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var options: OpaquePointer?
        let isGenuine =
            EVP_DigestVerifyInit(context, &options, algorithm.hash?.pointer, nil, pointer) == 1
            && setPadding(options, for: algorithm)
            && EVP_DigestVerify(context, signature.octets, signature.count, message.octets, message.count) == 1
        if !isGenuine { ERR_clear_error() }
        return isGenuine
    }

    /// - Throws: ``KeyError/signingFailed``, also when the private half is not there.
    func sign(_ message: UnsafeRawBufferPointer, by algorithm: Algorithm) throws(KeyError) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var options: OpaquePointer?
        var size = Int(EVP_PKEY_get_size(pointer))
        var signature = [UInt8](repeating: 0, count: size)
        let isSigned =
            EVP_DigestSignInit(context, &options, algorithm.hash?.pointer, nil, pointer) == 1
            && setPadding(options, for: algorithm)
            && EVP_DigestSign(context, &signature, &size, message.octets, message.count) == 1
        guard isSigned else {
            ERR_clear_error()
            throw .signingFailed
        }
        signature.removeLast(signature.count - size)
        guard isECDSA else { return signature }
        guard let raw = ECDSASignature.raw(fromDER: signature, size: signatureSize) else { throw .signingFailed }
        return raw
    }

    /// RFC 7518 §3.5: the salt is as long as the hash, no longer and no shorter.
    private func setPadding(_ options: OpaquePointer?, for algorithm: Algorithm) -> Bool {
        switch algorithm {
        case .ps256, .ps384, .ps512:
            EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1
        default: true
        }
    }

    private var isECDSA: Bool { kind == .p256 || kind == .p384 || kind == .p521 }

    /// Bytes of a signature in a token.
    private var signatureSize: Int {
        switch kind {
        case .rsa, .rsaPSS: Int(EVP_PKEY_get_size(pointer))
        case .p256, .ed25519: 64
        case .p384: 96
        case .p521: 132
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var octets: UnsafePointer<UInt8>? { assumingMemoryBound(to: UInt8.self).baseAddress }
}
