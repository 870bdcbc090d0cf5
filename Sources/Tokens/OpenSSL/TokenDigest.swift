import COpenSSL

/// The SHA-256 of a whole token: stands for it in memory where the token itself must not be kept.
struct TokenDigest: Hashable {
    private var words = SIMD4<UInt64>()

    init(of token: UnsafeRawBufferPointer) {
        let isDone = withUnsafeMutableBytes(of: &words) { digest in
            EVP_Digest(token.baseAddress, token.count, digest.baseAddress, nil, HashFunction.sha256.pointer, nil)
        }
        precondition(isDone == 1, "SHA-256 of bytes in memory cannot fail")
    }
}
