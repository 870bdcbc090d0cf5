import Events
import Foundation
import TestSupport
import Testing

@testable import Tokens

/// The quick way may say yes where the full rules do, with the same principal, or nothing.
@Suite struct PlainVerifierTests {
    /// Spellings of values, of which any may stand for any claim.
    private static let values = [
        #""u1""#, #""acme""#, #""globex""#, #""a b""#, #""""#, #""admin""#, #""viewer""#, #""nobody""#, #""https://a""#,
        #""boards""#, #""\u0061""#, "\"\u{e9}\"", "\"\u{7f}\"", "\"\t\"",
        "\"" + String(repeating: "u", count: 255) + "\"",
        "\"" + String(repeating: "u", count: 256) + "\"", "1700003600", "1699999999", "1700000030", "0", "7", "-7",
        "-0",
        "07", "1.5", "1e3", "999999999999", "8640000000001", "true", "false", "null", "tru", "nul", "[]", #"["main"]"#,
        #"["main","ops"]"#, #"["main",7]"#, #"["MAIN"]"#, #"["main",]"#, #"["main" ]"#, "{}", #"{"a":1,"a":2}"#, "",
    ]
    private static let names = [
        "sub", "tenant", "exp", "iat", "nbf", "iss", "aud", "jti", "role", "boards", "client_id", "azp", "name", "x",
        "expo", "ex", "", "s\\u0075b", "\u{212A}",
    ]
    private static let headers = [
        #"{"alg":"HS256","typ":"JWT"}"#, #"{"typ":"JWT","alg":"HS256"}"#, #"{"alg":"HS256"}"#,
    ]
    private static let oddHeaders = [
        #"{"alg":"HS256","typ":"JWT","kid":"1"}"#, #"{"alg":"HS256","typ":"jwt"}"#, #"{"alg":"HS512"}"#,
        #"{"alg": "HS256"}"#, #"{"alg":"HS256","crit":[]}"#, #"{"alg":"none"}"#, "{}",
    ]

    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["BOARDCAST_TOKENS"].flatMap(Int.init) ?? 10_000
    private static let seed = environment["BOARDCAST_TEST_SEED"].flatMap(UInt64.init) ?? 29

    @Test(arguments: headers) func `a plain token is verified at once`(header: String) throws {
        let issuer = try Issuer(TokenRules(issuer: "https://a", audience: "boards"))
        for more in [
            "", #","jti":"t1""#, #","iat":1700000000,"nbf":1699999990"#, #","role":"admin""#, #","role":"nobody""#,
            #","boards":[]"#, #","boards":["main","ops","NONE"]"#,
            #","name":"n","email_verified":true,"azp":null,"n":7"#,
        ] {
            let payload = #"{"iss":"https://a","aud":"boards","sub":"u1","tenant":"acme","exp":1700003600\#(more)}"#
            let token = try issuer.token(payload, header: header)
            #expect(BothWays(issuer.verifier, Array(token.utf8)).isYes, "\(more)")
        }
    }

    @Test func `who signs with one of several secrets is known by it`() throws {
        let keys = try (0..<4).map { try TokenKey(secret: [UInt8](repeating: $0, count: 32), keyID: "\($0)") }
        let verifier = TokenVerifier(keys: KeySet(keys + [try Samples.key(for: .es256)]))
        for key in keys {
            let token = try TokenSigner(key: key).sign(
                header: Array(Self.headers[0].utf8), payload: Array(Samples.payload.utf8))
            guard case .yes(let principal) = BothWays(verifier, Array(token.utf8)) else {
                Issue.record("left to the full rules")
                continue
            }
            #expect(principal.signer == key.id)
        }
    }

    /// What decides there is not looked at by the quick way.
    @Test func `keys of an issuer and claims of other names are left to the full rules`() throws {
        let secret = try TokenKey(secret: Samples.secret)
        let verifiers = [
            TokenVerifier(keys: KeySet([secret], issuers: ["https://b"])),
            TokenVerifier(keys: KeySet([secret, try Samples.key(for: .rs256).bound(toIssuer: "https://b")])),
            TokenVerifier(keys: KeySet([secret]), rules: TokenRules(tenantsWithIssuer: ["globex"])),
            TokenVerifier(keys: KeySet([secret]), rules: TokenRules(roles: RoleRules(claim: "tenant"))),
            TokenVerifier(keys: KeySet([secret]), rules: TokenRules(tenantClaim: "sub")),
            TokenVerifier(keys: KeySet([secret.bound(toIssuer: "https://a")])),
            TokenVerifier(keys: KeySet([try #require(secret.narrowed(to: [.hs512]))])),
            TokenVerifier(keys: KeySet([secret]), rules: TokenRules(algorithms: [.hs512])),
            TokenVerifier(keys: KeySet([])),
        ]
        let token = Array(try Issuer().token(Samples.payload).utf8)
        for verifier in verifiers {
            guard case .left = BothWays(verifier, token) else { return #expect(Bool(false), "\(verifier.rules)") }
        }
    }

    /// `BOARDCAST_TOKENS` says how many, `BOARDCAST_TEST_SEED` which.
    @Test func `of any number of tokens none is verified otherwise than by the full rules`() throws {
        let issuers = try [
            TokenRules(), TokenRules(issuer: "https://a"), TokenRules(audience: "boards"),
            TokenRules(leeway: .zero, tenant: TenantID("general"), roles: RoleRules(fallback: .viewer), longest: 300),
        ].map { try Issuer($0) }
        var dice = SplitMix(seed: Self.seed)
        var (yes, left, plainLeft) = (0, 0, 0)
        for number in 0..<Self.count {
            let issuer = issuers[number % issuers.count]
            let isBent = Bool.random(using: &dice)
            let token = try isBent ? bentToken(of: issuer, &dice) : token(of: issuer, payload(&dice), &dice)
            switch BothWays(issuer.verifier, token) {
            case .yes: yes += 1
            case .left(.success): plainLeft += 1
            case .left: left += 1
            case .differs(let verdicts): Issue.record("number \(number) of seed \(Self.seed): \(verdicts)")
            }
        }
        // Each kind must be among them, or the test would show nothing.
        #expect(yes > Self.count / 20 && left > Self.count / 4 && plainLeft > Self.count / 200)
    }

    private func token(of issuer: Issuer, _ payload: [UInt8], _ dice: inout SplitMix) throws -> [UInt8] {
        let isOdd = Int.random(in: 0..<16, using: &dice) == 0
        let header = try #require((isOdd ? Self.oddHeaders : Self.headers).randomElement(using: &dice))
        return Array(try TokenSigner(key: issuer.key).sign(header: Array(header.utf8), payload: payload).utf8)
    }

    /// One whose payload was changed before it was signed, or whose text was changed after it.
    private func bentToken(of issuer: Issuer, _ dice: inout SplitMix) throws -> [UInt8] {
        var payload = payload(&dice)
        guard Int.random(in: 0..<8, using: &dice) == 0 else {
            bend(&payload, with: Array("{}[]\":,\\ \n\0\u{7f}\u{e9}0179-+.eEtruefalsnbx".utf8), &dice)
            return try token(of: issuer, payload, &dice)
        }
        var text = try token(of: issuer, payload, &dice)
        bend(&text, with: Array("AZaz09-_.=+/ \0\u{e9}".utf8), &dice)
        return text
    }

    private func bend(_ bytes: inout [UInt8], with letters: [UInt8], _ dice: inout SplitMix) {
        for _ in 0..<Int.random(in: 1...2, using: &dice) where !bytes.isEmpty {
            let place = bytes.indices.randomElement(using: &dice)!
            switch Int.random(in: 0..<5, using: &dice) {
            case 0: bytes[place] = letters.randomElement(using: &dice)!
            case 1: bytes.insert(letters.randomElement(using: &dice)!, at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
            default: bytes.removeSubrange(place...)
            }
        }
    }

    /// The claims that a token needs, in any order, some more, and seldom one with a value that is not its own.
    private func payload(_ dice: inout SplitMix) -> [UInt8] {
        var claims = [("sub", #""u1""#), ("tenant", #""acme""#), ("exp", "1700003600")]
        if Bool.random(using: &dice) { claims += [("iss", #""https://a""#), ("aud", #""boards""#)] }
        if Bool.random(using: &dice) { claims += [("iat", "1699999999"), ("role", #""admin""#), ("jti", #""t1""#)] }
        claims.shuffle(using: &dice)
        for _ in 0..<Int.random(in: 0...2, using: &dice) {
            let value = Self.values.randomElement(using: &dice)!
            if Bool.random(using: &dice) {
                claims[claims.indices.randomElement(using: &dice)!].1 = value
            } else {
                claims.append((Self.names.randomElement(using: &dice)!, value))
            }
        }
        return Array("{\(claims.map { "\"\($0)\":\($1)" }.joined(separator: ","))}".utf8)
    }
}
