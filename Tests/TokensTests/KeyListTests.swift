import Foundation
import StrictJSON
import Testing

@testable import Tokens

@Suite struct KeyListTests {
    private func pem(_ names: String...) throws -> [UInt8] {
        try names.flatMap { try Array("about \($0)\n".utf8) + Vector.file("Keys/\($0).pem") + [0x0A] }
    }

    @Test func `every key of a PEM text counts, each once`() throws {
        let list = try KeyList(pem: pem("rfc7515-a2-public", "rfc7515-a3-public", "rfc8410-public"))
        #expect(list.keys.map { $0.algorithms[0] } == [.rs256, .es256, .edDSA] && list.skipped.isEmpty)
        let pair = try KeyList(pem: pem("rfc7515-a2-certificate", "rfc7515-a2-private-pkcs8", "rfc7515-a2-public"))
        #expect(pair.keys.map(\.canSign) == [true])
    }

    @Test func `a key of a PEM text that can't be used is named, and the others count`() throws {
        let list = try KeyList(pem: pem("rsa-1024-public", "rfc7515-a3-public", "secp256k1-public"))
        #expect(list.keys.map(\.algorithms) == [[.es256]])
        #expect(
            list.skipped == [
                KeyList.Skipped(name: "1", reason: .tooSmall), KeyList.Skipped(name: "3", reason: .unsupported),
            ])
        #expect(throws: KeyError.tooSmall) { try KeyList(pem: pem("rsa-1024-public", "secp256k1-public")) }
        let request = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"
        for text in ["", "no key", request] {
            #expect(throws: KeyError.notPEM) { try KeyList(pem: Array(text.utf8)) }
        }
    }

    @Test func `a key of a set that can't be used is named by its id or its place`() throws {
        let good = try Samples.vector(for: .es256).publicJWK
        let set = JSONObject().with(
            "keys",
            .array([
                .object(good.with("kid", .string("enc")).with("use", .string("enc"))), .object(good.with("x", nil)),
                .object(good.with("kid", .string("good"))), .null,
            ]))
        let list = try KeyList(json: set.bytes)
        #expect(list.keys.map(\.keyID) == ["good"])
        #expect(list.skipped.map(\.name) == ["enc", "2", "4"])
        #expect(list.skipped.map(\.reason) == [.notForSignatures, .notJWK, .notJWK])
    }

    @Test func `certificates by key id are keys`() throws {
        let certificate = String(decoding: try Vector.file("Keys/rfc7515-a2-certificate.pem"), as: UTF8.self)
        let text = try #require(certificate.range(of: "-----BEGIN")).lowerBound
        let map = JSONObject().with("k1", .string(String(certificate[text...])))
        let list = try KeyList(json: map.bytes)
        #expect(list.keys.map(\.keyID) == ["k1"] && list.keys[0].algorithms.contains(.rs256))
        for json in [#"{"k1":"text"}"#, #"{"k1":"-----BEGIN PUBLIC KEY-----"}"#, "{}", #"{"k1":7}"#] {
            #expect(throws: KeyError.notJWK) { try KeyList(json: json.utf8) }
        }
        #expect(throws: KeyError.noUsableKey) { try KeyList(json: #"{"k1":"-----BEGIN CERTIFICATE-----\nAA"}"#.utf8) }
    }
}
