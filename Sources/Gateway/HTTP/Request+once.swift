import Boards
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON
import Tokens

extension Request {
    /// The write's `Idempotency-Key`, tied to the call and its body.
    ///
    /// - Parameter object: the body as a value. The key is then tied to that instead of to the bytes: clients do not
    ///   spell a value the same way each time.
    /// - Throws: ``Problem`` 400 for an invalid key.
    func once(_ body: ByteBuffer = ByteBuffer(), object: JSONObject? = nil) throws(Problem) -> IdempotencyKey? {
        let keys = headers[fields: .idempotencyKey]
        guard let key = keys.first?.value else { return nil }
        let spelled = fingerprint(body.readableBytesView)
        let meant = object.map { fingerprint($0.canonicalBytes) }
        guard keys.count == 1,
            let once = IdempotencyKey(
                key, fingerprint: meant ?? spelled, earlierFingerprint: meant == nil ? nil : spelled)
        else {
            throw Problem(.badRequest, "invalid_idempotency_key", "Idempotency-Key must be 1 to 128 bytes of text.")
        }
        return once
    }

    private func fingerprint(_ body: some Sequence<UInt8>) -> [UInt8] {
        sha256(Array("\(method.rawValue) \(uri.path)\n".utf8) + body)
    }
}
