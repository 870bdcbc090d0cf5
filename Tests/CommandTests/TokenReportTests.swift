import Client
import Events
import Foundation
import TestSupport
import Testing
import Tokens

@testable import boardcast

@Suite struct TokenReportTests {
    private let key = try! TokenKey(secret: Array("a secret of this test that is long enough".utf8))
    private let now: Timestamp = 1_800_000_000_000
    private var verifier: TokenVerifier { TokenVerifier(keys: KeySet([key]), cacheCapacity: 0) }

    @Test func `a valid token is shown as it stands`() throws {
        let claims = #"{"exp":1800000060.50,"sub":"é","tenant":"t"}"#
        let token = try TokenSigner(key: key).sign(Array(claims.utf8))
        let shown = try TokenReport.claims(of: token, by: verifier, at: now)
        #expect(shown.hasPrefix(#"{"header":{"alg":"HS256","typ":"JWT"},"claims":\#(claims),"tenant":{"name":"t","#))
    }

    @Test(arguments: [
        (#""groups":["staff"]"#, "member", "the claim groups says “staff”, which auth.roles maps"),
        (
            #""groups":["a","admin"]"#, "viewer",
            "the claim groups says “a”, “admin”, of which auth.roles maps none; a name that means nothing here is a viewer's"
        ),
        (#""role":"admin""#, "service", "the token has no claim groups (auth.roleClaim), and auth.defaultRole is this"),
    ])
    func `it says what tenant and role came out, why, and by which setting`(
        claims: String, role: String, because: String
    ) throws {
        let map = try #require(RoleMap([("staff", .member)]))
        let rules = TokenRules(
            tenant: TenantID("acme"), roles: RoleRules(claim: "groups", map: map, fallback: .service))
        let verifier = TokenVerifier(keys: KeySet([key]), rules: rules, cacheCapacity: 0)
        let token = try TokenSigner(key: key).sign(Array(#"{"exp":1800000060,"sub":"u",\#(claims)}"#.utf8))
        let tenant = "the token has no claim tenant (auth.tenantClaim), and auth.tenant is this"
        #expect(
            try TokenReport.claims(of: token, by: verifier, at: now).hasSuffix(
                #""tenant":{"name":"acme","because":"\#(tenant)"},"role":{"name":"\#(role)","because":"\#(because)"}}"#)
        )
    }

    @Test func `a bad token is refused with the rule`() throws {
        let token = try TokenSigner(key: key).sign(Array(#"{"exp":1,"sub":"u","tenant":"t"}"#.utf8))
        #expect(throws: Failure(.auth, "refused: the token has expired (exp)")) {
            try TokenReport.claims(of: token, by: verifier, at: now)
        }
        let nobody = try TokenSigner(key: key).sign(Array(#"{"exp":1800000060,"sub":"u"}"#.utf8))
        let failure = #expect(throws: Failure.self) { try TokenReport.claims(of: nobody, by: verifier, at: now) }
        #expect(failure?.message.hasPrefix("refused: the token names no tenant; auth.tenantClaim") == true)
        #expect(throws: Failure(.auth, "refused: the token is not three parts with dots between")) {
            try TokenReport.message(in: "rubbish", by: verifier)
        }
    }

    @Test(arguments: [
        (#"{"a": 1}"#, #""claims":{"a":1}"#), ("not JSON", #""payload":"not JSON""#), ("[1]", #""payload":"[1]""#),
        ("", #""payload":"""#),
    ])
    func `a bare signature may cover anything`(payload: String, shown: String) throws {
        let message = try sign(Array(payload.utf8))
        #expect(try TokenReport.message(in: message, by: verifier) == #"{"header":{"alg":"HS256"},\#(shown)}"#)
        #expect(throws: Failure.self) { try TokenReport.claims(of: message, by: verifier, at: now) }
    }

    @Test func `a payload that is no text is shown in base64url`() throws {
        #expect(
            try TokenReport.message(in: try sign([0xFF, 0x00]), by: verifier).hasSuffix(#""payloadBase64URL":"_wA"}"#))
    }

    /// RFC 7515 §5.1 for any payload, by a second implementation of HMAC.
    private func sign(_ payload: [UInt8]) throws -> String {
        let signed = Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8)) + "." + Base64URL.encode(payload)
        return signed + "."
            + Base64URL.encode(try opensslHMAC(of: signed, secret: "a secret of this test that is long enough"))
    }

    private func opensslHMAC(of text: String, secret: String) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = [
            "dgst", "-sha256", "-mac", "HMAC", "-macopt", "key:\(secret)", "-binary", try folder.write("text", text),
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Array(bytes)
    }
}
