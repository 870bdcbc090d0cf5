import Client
import TestSupport
import Testing
import Tokens

@testable import boardcast

@Suite struct KeyFileTests {
    private let secret = "a secret of this test that is long enough"

    @Test func `a file is a JWK, a set of them, PEM or a secret, by what is in it`() throws {
        let folder = try TemporaryFolder()
        let jwk = #"{"kty":"oct","kid":"k1","k":"\#(Base64URL.encode(Array(secret.utf8)))"}"#
        #expect(try KeyFile(try folder.write("a", jwk)).keys.map(\.keyID) == ["k1"])
        #expect(try KeyFile(try folder.write("b", #"{"keys":[\#(jwk)]}"#)).keys.map(\.keyID) == ["k1"])
        #expect(try KeyFile(try folder.write("c", secret + "\n")).keys.map(\.algorithms) == [[.hs256, .hs384, .hs512]])
        #expect(try KeyFile(try folder.write("d", "{" + secret)).keys.count == 1)
        #expect(try KeyFile(jwk: folder.path + "/a").keys.count == 1)
    }

    @Test func `the line break at the end of a file is no part of the secret, any other byte is`() throws {
        let key = try TokenKey(secret: Array(secret.utf8))
        let token = try TokenSigner(key: key).sign(Array("{}".utf8))
        func isGood(_ file: String) throws -> Bool {
            let verifier = TokenVerifier(keys: KeySet(try KeyFile.keys(Array(file.utf8))))
            return (try? verifier.verifySignatureOnly(token)) != nil
        }
        #expect(try isGood(secret) && isGood(secret + "\n") && isGood(secret + "\r\n"))
        #expect(
            try !isGood(secret + "\n\n") && !isGood(secret + " ") && !isGood(" " + secret) && !isGood(secret + "\r"))
    }

    @Test func `what is no key is refused by the file's name and quotes nothing`() throws {
        let folder = try TemporaryFolder()
        for content in [
            "short", "{\"kty\":\"oct\"}", "{\"keys\":[]}",
            "-----BEGIN PUBLIC KEY-----\nxyzzy\n-----END PUBLIC KEY-----\n",
        ] {
            let path = try folder.write("key", content)
            let failure = #expect(throws: Failure.self) { try KeyFile(path) }
            #expect(failure?.kind == .usage && failure?.message.hasPrefix(path + ": ") == true)
            #expect(failure?.message.contains("xyzzy") == false)
        }
        let failure = #expect(throws: Failure.self) { try KeyFile(jwk: try folder.write("key", secret)) }
        #expect(failure?.message == "\(folder.path)/key: not a JSON Web Key (RFC 7517)")
        #expect(throws: Failure(.usage, "can't read \(folder.path)/none: No such file or directory")) {
            try KeyFile(folder.path + "/none")
        }
    }

    @Test func `of a set the key with the id asked for signs`() throws {
        let folder = try TemporaryFolder()
        func jwk(_ id: String) -> String {
            #"{"kty":"oct","kid":"\#(id)","k":"\#(Base64URL.encode(Array((secret + id).utf8)))"}"#
        }
        let file = try KeyFile(try folder.write("keys", #"{"keys":[\#(jwk("a")),\#(jwk("b"))]}"#))
        #expect(try file.signer(keyID: "b").keyID == "b")
        #expect(try file.signer(keyID: nil).keyID == "a")
    }
}
