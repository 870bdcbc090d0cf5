import COpenSSL

/// Without a callback OpenSSL would ask for the passphrase on the terminal.
private func noPassphrase(_: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?) -> Int32 {
    -1
}

extension KeyPair {
    /// The first private key of a PEM text, else its first public key, else that of its first certificate.
    ///
    /// - Throws: ``KeyError/notPEM`` also for a private key with a passphrase; else as the other initializer.
    convenience init(pem text: [UInt8]) throws(KeyError) {
        defer { ERR_clear_error() }
        if let key = Self.read(text, { PEM_read_bio_PrivateKey($0, nil, noPassphrase, nil) }) {
            try self.init(owning: key, isPrivate: true)
        } else if let key = Self.read(text, { PEM_read_bio_PUBKEY($0, nil, noPassphrase, nil) }) {
            try self.init(owning: key, isPrivate: false)
        } else if let certificate = Self.read(text, { PEM_read_bio_X509($0, nil, noPassphrase, nil) }) {
            defer { X509_free(certificate) }
            guard let key = X509_get_pubkey(certificate) else { throw .unsupported }
            try self.init(owning: key, isPrivate: false)
        } else {
            throw .notPEM
        }
    }

    /// Whether bytes that are meant as an HMAC secret are a key or certificate, in PEM, DER, SSH's format or as a JWK.
    ///
    /// Looks for the marks wherever they stand: white space in front has fooled others (CVE-2026-34950).
    static func looksLikeKey(_ secret: [UInt8]) -> Bool {
        let text = String(decoding: secret, as: UTF8.self)
        let marks = ["-----BEGIN ", "---- BEGIN ", "ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-", "\"kty\""]
        if marks.contains(where: { text.utf8.firstRange(of: $0.utf8) != nil }) { return true }
        return isDER(secret, { d2i_PUBKEY($0, $1, $2) }, freedBy: EVP_PKEY_free)
            || isDER(secret, { d2i_AutoPrivateKey($0, $1, $2) }, freedBy: EVP_PKEY_free)
            || isDER(secret, { d2i_X509($0, $1, $2) }, freedBy: X509_free)
    }

    private typealias DERParser = (
        UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, Int
    ) -> OpaquePointer?

    private static func isDER(_ bytes: [UInt8], _ parse: DERParser, freedBy free: (OpaquePointer?) -> Void) -> Bool {
        defer { ERR_clear_error() }
        let object = bytes.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return parse(nil, &start, buffer.count)
        }
        free(object)
        return object != nil
    }

    private static func read<Object>(_ text: [UInt8], _ parse: (OpaquePointer) -> Object?) -> Object? {
        text.withUnsafeBytes { bytes in
            guard let source = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(source) }
            return parse(source)
        }
    }
}
