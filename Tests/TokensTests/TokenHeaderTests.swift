import Events
import Testing

@testable import Tokens

@Suite struct TokenHeaderTests {
    let issuer = try! Issuer()

    @Test(arguments: [
        "JWT", "jwt", "Jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/jwt", "Application/AT+JWT",
    ])
    func `a typ that says JWT is taken`(type: String) throws {
        #expect(try issuer.verify(Samples.payload, header: #"{"alg":"HS256","typ":"\#(type)"}"#).user.rawValue == "u1")
    }

    @Test(arguments: [
        #""JOSE""#, #""secevent+jwt""#, #""application/dpop+jwt""#, #""application/""#, #""text/jwt""#, #""dpop+jwt""#,
        #""""#, #""JWT ""#, "1", "null", #"["JWT"]"#,
        #""J\u0057T\u0000""#,
    ])
    func `any other typ is refused`(type: String) {
        #expect(throws: TokenError.typeNotJWT) {
            try issuer.verify(Samples.payload, header: #"{"alg":"HS256","typ":\#(type)}"#)
        }
    }

    @Test func `a bare message may be of any type`() throws {
        let message = try issuer.token("any bytes", header: #"{"typ":"JOSE","alg":"HS256","b64":true,"cty":"text"}"#)
        #expect(try issuer.verifier.verifySignatureOnly(message).payload == Array("any bytes".utf8))
    }

    @Test(arguments: [
        (#"{}"#, TokenError.algorithmMissing), (#"{"typ":"JWT"}"#, .algorithmMissing),
        (#"{"alg":null}"#, .algorithmMissing),
        (#"{"alg":256}"#, .algorithmMissing), (#"{"alg":["HS256"]}"#, .algorithmMissing),
        (#"{"alg":"hs256"}"#, .algorithmUnknown), (#"{"alg":"HS256 "}"#, .algorithmUnknown),
        (#"{"alg":"HS1"}"#, .algorithmUnknown), (#"{"alg":"ES256K"}"#, .algorithmUnknown),
        (#"{"alg":"dir","enc":"A128GCM"}"#, .encryptedOrCompressed),
        (#"{"alg":"HS256","zip":"DEF"}"#, .encryptedOrCompressed),
        (#"{"alg":"HS256","kid":7}"#, .keyIDNotText), (#"{"alg":"HS256","kid":null}"#, .keyIDNotText),
        (#"{"alg":"HS256","crit":[]}"#, .criticalExtension), (#"{"alg":"HS256","crit":null}"#, .criticalExtension),
        (#"{"alg":"HS256","b64":null}"#, .unencodedPayload), (#"{"alg":"HS256","b64":"true"}"#, .unencodedPayload),
        (#"["alg","HS256"]"#, .headerNotJSON), (#""HS256""#, .headerNotJSON), (#"{"alg":"HS256"} x"#, .headerNotJSON),
        (#"{"alg":"HS256",}"#, .headerNotJSON), (#"{'alg':'HS256'}"#, .headerNotJSON),
        ("\u{FEFF}{\"alg\":\"HS256\"}", .headerNotJSON),
        (#"{"alg":"HS256","kid":"\ud800"}"#, .headerNotJSON),
    ])
    func `a header that is not plain is refused`(header: String, rule: TokenError) {
        #expect(throws: rule) { try issuer.verify(Samples.payload, header: header) }
    }

    @Test func `an algorithm that is not on the list is refused before any key is tried`() throws {
        let strict = try Issuer(TokenRules(algorithms: [.hs512, .rs256]))
        #expect(throws: TokenError.algorithmNotAllowed) { try strict.verify(Samples.payload) }
        let message = try strict.token(Samples.payload)
        #expect(throws: TokenError.algorithmNotAllowed) { try strict.verifier.verifySignatureOnly(message) }
    }

    @Test func `unknown members of a header are no matter`() throws {
        let header = #"{"alg":"HS256","x5t":"AQAB","cty":"JWT","url":"https://x","nonce":{"a":[1]}}"#
        #expect(try issuer.verify(Samples.payload, header: header).user.rawValue == "u1")
    }

    @Test func `no description says anything that may not stand in a header`() {
        for error in TokenError.allCases {
            #expect(error.description.utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != 0x22 && $0 != 0x5C })
        }
        #expect(Set(TokenError.allCases.map(\.description)).count == TokenError.allCases.count)
    }
}
