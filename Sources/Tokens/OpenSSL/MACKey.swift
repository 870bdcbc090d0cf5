import COpenSSL
import Events
import Synchronization

/// An HMAC secret (RFC 2104, RFC 7518 §3.2), as OpenSSL contexts that have taken it in.
///
/// To make a context costs more than to use one, so that those not in use are kept: as many as ever were in use at
/// once. Safe to use from any thread.
final class MACKey: Sendable {
    let id: SigningKeyID
    private let templates: [MACContext]
    private let idle = Mutex<[[MACContext]]>(HashFunction.allCases.map { _ in [] })

    init(secret: [UInt8]) {
        id = SigningKeyID(digesting: Array("secret\n".utf8) + secret)
        templates = HashFunction.allCases.map { MACContext(secret: secret, hash: $0) }
    }

    /// Compares all bytes in the same time, wherever they differ; the length must be the hash's.
    func isSignature(
        _ signature: UnsafeRawBufferPointer, of message: UnsafeRawBufferPointer, by hash: HashFunction
    ) -> Bool {
        guard signature.count == hash.size else { return false }
        return withMAC(of: message, by: hash) { CRYPTO_memcmp($0.baseAddress, signature.baseAddress, hash.size) == 0 }
    }

    func sign(_ message: UnsafeRawBufferPointer, by hash: HashFunction) -> [UInt8] {
        withMAC(of: message, by: hash) { Array($0) }
    }

    private func withMAC<Result>(
        of message: UnsafeRawBufferPointer, by hash: HashFunction, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let context = idle.withLock { $0[hash.rawValue].popLast() } ?? MACContext(copying: templates[hash.rawValue])
        defer { idle.withLock { $0[hash.rawValue].append(context) } }
        return withUnsafeTemporaryAllocation(byteCount: hash.size, alignment: 1) { mac in
            context.compute(message, into: mac)
            return body(UnsafeRawBufferPointer(mac))
        }
    }
}

/// An `EVP_MAC_CTX` with its key; used by one thread at a time.
private final class MACContext: Sendable {
    nonisolated(unsafe) private let pointer: OpaquePointer
    nonisolated(unsafe) private static let hmac = EVP_MAC_fetch(nil, "HMAC", nil)!

    init(secret: [UInt8], hash: HashFunction) {
        pointer = EVP_MAC_CTX_new(Self.hmac)
        let parameters = KeyParameters()
        parameters.add(text: hash.name, as: OSSL_MAC_PARAM_DIGEST)
        let isReady = parameters.withList { EVP_MAC_init(pointer, secret, secret.count, $0) }
        precondition(isReady == 1, "HMAC takes any secret that is not empty")
    }

    init(copying template: MACContext) {
        pointer = EVP_MAC_CTX_dup(template.pointer)
    }

    deinit { EVP_MAC_CTX_free(pointer) }

    /// Fills `mac`, which has room for the digest.
    func compute(_ message: UnsafeRawBufferPointer, into mac: UnsafeMutableRawBufferPointer) {
        var size = 0
        let output = mac.assumingMemoryBound(to: UInt8.self).baseAddress
        let input = message.assumingMemoryBound(to: UInt8.self).baseAddress
        let isDone =
            EVP_MAC_init(pointer, nil, 0, nil) == 1
            && EVP_MAC_update(pointer, input, message.count) == 1
            && EVP_MAC_final(pointer, output, &size, mac.count) == 1
        precondition(isDone && size == mac.count, "HMAC of bytes in memory cannot fail")
    }
}
