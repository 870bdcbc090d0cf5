import Client
import Events
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

    // Messages of RFC 7515 §5.1 over any payload; their signatures are those of `openssl dgst -sha256 -mac HMAC`.
    @Test(arguments: [
        ("eyJhbGciOiJIUzI1NiJ9.eyJhIjogMX0.lMuDUc3I4tpkUVB9lZOMhWn7ZVL7GSSzoE30wIU_UoQ", #""claims":{"a":1}"#),
        ("eyJhbGciOiJIUzI1NiJ9.bm90IEpTT04.TdSlxPBdDF6MyiZ6ao8pVGlkuijDSwQAihwXE9-hJMA", #""payload":"not JSON""#),
        ("eyJhbGciOiJIUzI1NiJ9.WzFd._Ow6dmP0tT89foL-GnOQCuQcpguX_Os_OJVSFp8WWJI", #""payload":"[1]""#),
        ("eyJhbGciOiJIUzI1NiJ9..Yr7qM3qh43E1VAa2Z_cHM8hRCaX39KgeBqxCk_LW66c", #""payload":"""#),
    ])
    func `a bare signature may cover anything`(message: String, shown: String) throws {
        #expect(try TokenReport.message(in: message, by: verifier) == #"{"header":{"alg":"HS256"},\#(shown)}"#)
        #expect(throws: Failure.self) { try TokenReport.claims(of: message, by: verifier, at: now) }
    }

    @Test func `a payload that is no text is shown in base64url`() throws {
        let message = "eyJhbGciOiJIUzI1NiJ9._wA.mhMl8ZduN3Doe5c7u4S0YPoWyr-MFi21Q0vbtYlPUoQ"
        #expect(try TokenReport.message(in: message, by: verifier).hasSuffix(#""payloadBase64URL":"_wA"}"#))
    }
}
