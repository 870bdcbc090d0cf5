import Client
import Events
import StrictJSON
import Tokens

/// The content of a valid token, as one line of JSON.
enum TokenReport {
    /// `{"header":…,"claims":…}`, when the token keeps every rule.
    ///
    /// - Throws: ``Failure`` of auth, with the broken rule.
    static func claims(of token: String, by verifier: TokenVerifier, at now: Timestamp) throws(Failure) -> String {
        do {
            _ = try verifier.verify(token, at: now)
            return line(try verifier.verifySignatureOnly(token))
        } catch {
            throw Failure(.auth, "refused: \(error)")
        }
    }

    /// The same when the signature is valid, for any payload. A payload that is not a JSON object is in `payload` as
    /// text, or in `payloadBase64URL` when it is not UTF-8.
    ///
    /// - Throws: ``Failure`` of auth, with the rule that is broken.
    static func message(in token: String, by verifier: TokenVerifier) throws(Failure) -> String {
        do { return line(try verifier.verifySignatureOnly(token)) } catch {
            throw Failure(.auth, "refused: \(error)")
        }
    }

    private static func line(_ message: SignedMessage) -> String {
        var json = JSONWriter()
        json.object {
            $0.name("header")
            $0.value((try? JSONParser.parse(message.header)) ?? .null)
            if let claims = try? JSONParser.parse(message.payload), claims.object != nil {
                $0.name("claims")
                $0.value(claims)
            } else if let text = String(validating: message.payload, as: UTF8.self) {
                $0.name("payload")
                $0.string(text)
            } else {
                $0.name("payloadBase64URL")
                $0.string(Base64URL.encode(message.payload))
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
