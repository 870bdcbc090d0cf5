import Events
import StrictJSON
import TestSupport
import Testing

@testable import Tokens

/// Keys, payloads and tokens that the tests begin with. Nothing here reads a clock: `now` is fixed.
enum Samples {
    /// 2023-11-14T22:13:20Z
    static let now: Timestamp = 1_700_000_000_000
    static let secret = Array("an HMAC secret of more than 32 bytes".utf8)
    static let payload = #"{"sub":"u1","tenant":"acme","exp":1700003600}"#

    /// The published key for each algorithm, with its private half.
    static func vector(for algorithm: Algorithm) throws -> Vector {
        switch algorithm {
        case .hs256, .hs384, .hs512: try Vector("rfc7515-a1-hs256")
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: try Vector("rfc7515-a2-rs256")
        case .es256: try Vector("rfc7515-a3-es256")
        case .es384: try Vector("rfc6979-a2.6-p384")
        case .es512: try Vector("rfc7515-a4-es512")
        case .edDSA: try Vector("rfc8037-a4-eddsa")
        }
    }

    static func key(for algorithm: Algorithm) throws -> TokenKey { try TokenKey(jwk: vector(for: algorithm).jwk) }

    static func token(_ payload: String = payload, by algorithm: Algorithm) throws -> String {
        try TokenSigner(key: key(for: algorithm), algorithm: algorithm).sign(Array(payload.utf8))
    }

    /// Knows the public halves of all the published keys, and remembers nothing.
    static func verifier(_ rules: TokenRules = TokenRules(), cacheCapacity: Int = 0) throws -> TokenVerifier {
        let keys = try [Algorithm.hs256, .rs256, .es256, .es384, .es512, .edDSA].map {
            try TokenKey(jwk: vector(for: $0).publicJWK)
        }
        return TokenVerifier(keys: KeySet(keys), rules: rules, cacheCapacity: cacheCapacity)
    }
}

/// One secret and a verifier for it: what most rules are tested with.
struct Issuer {
    let key: TokenKey
    let verifier: TokenVerifier

    init(_ rules: TokenRules = TokenRules(), cacheCapacity: Int = 0) throws {
        key = try TokenKey(secret: Samples.secret)
        verifier = TokenVerifier(keys: KeySet([key]), rules: rules, cacheCapacity: cacheCapacity)
    }

    /// Signs whatever it is told to.
    func token(_ payload: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#) throws -> String {
        try TokenSigner(key: key).sign(header: Array(header.utf8), payload: Array(payload.utf8))
    }

    /// What comes of a payload: its claims, or the rule it broke. The quick way must not come to anything else.
    func verify(_ payload: String, header: String = #"{"alg":"HS256"}"#, at now: Timestamp = Samples.now) throws
        -> Principal
    {
        let token = try token(payload, header: header)
        if case .differs(let verdicts) = BothWays(verifier, Array(token.utf8), at: now) { Issue.record("\(verdicts)") }
        return try verifier.verify(token, at: now)
    }
}
