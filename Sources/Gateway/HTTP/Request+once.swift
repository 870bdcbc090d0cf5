import Boards
import HTTPTypes
import Hummingbird
import NIOCore
import Tokens

extension Request {
    /// The write's `Idempotency-Key`, tied to the call and its body.
    ///
    /// - Parameter meant: the digest of the body's values. The key is then tied to that instead of to the bytes:
    ///   clients do not spell a value the same way each time.
    /// - Throws: ``Problem`` 400 for an invalid key.
    func once(_ body: ByteBuffer = ByteBuffer(), meant: [UInt8]? = nil) throws(Problem) -> IdempotencyKey? {
        let keys = headers[fields: .idempotencyKey]
        guard let key = keys.first?.value else { return nil }
        let spelled = sha256(fingerprinted + body.readableBytesView)
        guard keys.count == 1,
            let once = IdempotencyKey(
                key, fingerprint: meant ?? spelled, earlierFingerprint: meant == nil ? nil : spelled)
        else {
            throw Problem(.invalidIdempotencyKey, "Idempotency-Key must be 1 to 128 bytes of text.")
        }
        return once
    }

    /// The call, as it stands before the body in a key's digest.
    var fingerprinted: [UInt8] { Array("\(method.rawValue) \(uri.path)\n".utf8) }
}
