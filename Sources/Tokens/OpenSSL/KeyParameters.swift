import COpenSSL

/// The parameters of a key for OpenSSL, its numbers above all; wiped from memory afterwards.
final class KeyParameters {
    /// They point into `buffers`.
    private var parameters: [OSSL_PARAM] = []
    private var buffers: [UnsafeMutableBufferPointer<UInt8>] = []

    deinit {
        for buffer in buffers {
            OPENSSL_cleanse(buffer.baseAddress, buffer.count)
            buffer.deallocate()
        }
    }

    /// An integer, not negative, its most significant byte first.
    func add(number: [UInt8], as name: String) {
        #if _endian(little)
            let native = keep(number.reversed())
        #else
            let native = keep(number)
        #endif
        parameters.append(OSSL_PARAM_construct_BN(keep(name), native.baseAddress, native.count))
    }

    func add(octets: [UInt8], as name: String) {
        let octets = keep(octets)
        parameters.append(OSSL_PARAM_construct_octet_string(keep(name), octets.baseAddress, octets.count))
    }

    func add(text: String, as name: String) {
        parameters.append(OSSL_PARAM_construct_utf8_string(keep(name), keep(text), 0))
    }

    /// An `EVP_PKEY` that the caller owns, or nil when OpenSSL finds no key in the numbers.
    func makeKey(_ type: String, isPrivate: Bool) -> OpaquePointer? {
        let context = EVP_PKEY_CTX_new_from_name(nil, type, nil)
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        var key: OpaquePointer?
        let selection = isPrivate ? COpenSSL_EVP_PKEY_KEYPAIR() : COpenSSL_EVP_PKEY_PUBLIC_KEY()
        let isMade = withList {
            EVP_PKEY_fromdata_init(context) == 1 && EVP_PKEY_fromdata(context, &key, selection, $0) == 1
        }
        return isMade ? key : nil
    }

    /// Calls `body` with the list, which is valid until that returns: OpenSSL copies what it keeps.
    func withList<Result>(_ body: (UnsafeMutablePointer<OSSL_PARAM>) -> Result) -> Result {
        var list = parameters + [OSSL_PARAM_construct_end()]
        return withExtendedLifetime(self) { list.withUnsafeMutableBufferPointer { body($0.baseAddress!) } }
    }

    private func keep(_ bytes: some Collection<UInt8>) -> UnsafeMutableBufferPointer<UInt8> {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = buffer.initialize(from: bytes)
        buffers.append(buffer)
        return buffer
    }

    private func keep(_ text: String) -> UnsafeMutablePointer<CChar> {
        let buffer = keep(Array(text.utf8) + [0])
        return UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self)
    }
}
