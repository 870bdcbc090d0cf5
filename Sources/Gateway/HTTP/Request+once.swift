import Boards
import HTTPTypes
import Hummingbird
import NIOCore
import Tokens

extension Request {
    /// The write's `Idempotency-Key`, tied to the call and its body.
    ///
    /// - Throws: ``Problem`` 400 for an invalid key.
    func once(_ body: ByteBuffer = ByteBuffer()) throws(Problem) -> IdempotencyKey? {
        let keys = headers[fields: .idempotencyKey]
        guard let key = keys.first?.value else { return nil }
        var call = Array("\(method.rawValue) \(uri.path)\n".utf8)
        call.append(contentsOf: body.readableBytesView)
        guard keys.count == 1, let once = IdempotencyKey(key, fingerprint: sha256(call)) else {
            throw Problem(.badRequest, "invalid_idempotency_key", "Idempotency-Key must be 1 to 128 bytes of text.")
        }
        return once
    }
}
