import Client
import Events
import Gateway
import StrictJSON
import Tokens

/// The content of a valid token, as one line of JSON.
enum TokenReport {
    /// `{"header":…,"claims":…,"tenant":{"name","because"},"role":{…}}`, when the token keeps every rule.
    ///
    /// - Throws: ``Failure`` of auth, with the broken rule, and the setting that would change it, if there is one.
    static func claims(of token: String, by verifier: TokenVerifier, at now: Timestamp) throws(Failure) -> String {
        do {
            let reasons = try verifier.reasons(of: token, at: now)
            return line(try verifier.verifySignatureOnly(token), reasons)
        } catch {
            throw Failure(.auth, ["refused: \(error)", error.remedy].compactMap(\.self).joined(separator: "; "))
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

    private static func line(_ message: SignedMessage, _ reasons: TokenReasons? = nil) -> String {
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
            if let reasons {
                for (member, name, because) in [
                    ("tenant", reasons.principal.tenant.rawValue, reasons.tenantWords),
                    ("role", reasons.principal.role.rawValue, reasons.roleWords),
                ] {
                    $0.name(escaping: member)
                    $0.object {
                        $0.name("name")
                        $0.string(name)
                        $0.name("because")
                        $0.string(because)
                    }
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
