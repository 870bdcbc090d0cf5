import Events
import TestSupport
import Testing

@testable import Tokens

@Suite struct VerifiedTokenCacheTests {
    private func digest(_ number: Int) -> TokenDigest {
        Array("\(number)".utf8).withUnsafeBytes { TokenDigest(of: $0) }
    }
    private func principal(_ number: Int) -> Principal {
        Principal(tenant: TenantID("acme")!, user: UserID("\(number)")!, expiresAt: 0)
    }

    @Test func `it holds as many as it may, and the oldest make room`() {
        let cache = VerifiedTokenCache(capacity: 3)
        for number in 0..<10 {
            cache.insert(principal(number), for: digest(number))
            #expect(cache.count == min(number + 1, 3))
        }
        #expect((0..<10).filter { cache.principal(for: digest($0)) != nil } == [7, 8, 9])
        #expect(cache.principal(for: digest(8))?.user.rawValue == "8")
    }

    @Test func `what is there already takes no second place`() {
        let cache = VerifiedTokenCache(capacity: 2)
        for number in [1, 1, 1, 2, 1] { cache.insert(principal(number), for: digest(number)) }
        #expect(cache.principal(for: digest(1)) != nil && cache.principal(for: digest(2)) != nil)
    }

    @Test func `a remembered token is held against the clock each time`() throws {
        let issuer = try Issuer(TokenRules(leeway: .zero), cacheCapacity: 10)
        let payload = #"{"sub":"u1","tenant":"acme","exp":1700000010,"nbf":1700000000,"iat":1700000000}"#
        let token = try issuer.token(payload)
        #expect(try issuer.verifier.verify(token, at: 1_700_000_000_000).user.rawValue == "u1")
        #expect(try issuer.verifier.verify(token, at: 1_700_000_009_999).user.rawValue == "u1")
        #expect(throws: TokenError.expired) { try issuer.verifier.verify(token, at: 1_700_000_010_000) }
        #expect(throws: TokenError.notYetValid) { try issuer.verifier.verify(token, at: 1_699_999_999_999) }
        #expect(try issuer.verifier.verify(token, at: 1_700_000_005_000).user.rawValue == "u1")
    }

    @Test func `a remembered token says the same as a new one`() throws {
        let issuer = try Issuer(cacheCapacity: 1)
        let token = try issuer.token(
            #"{"sub":"u1","tenant":"acme","exp":1700003600,"role":"admin","boards":["main"],"jti":"t"}"#)
        let first = try issuer.verifier.verify(token, at: Samples.now)
        let second = try issuer.verifier.verify(token, at: Samples.now)
        #expect("\(first)" == "\(second)")
        _ = try issuer.verifier.verify(issuer.token(Samples.payload), at: Samples.now)  // takes its place
        #expect(try "\(issuer.verifier.verify(token, at: Samples.now))" == "\(first)")
    }

    @Test func `a refused token is not remembered as good`() throws {
        let issuer = try Issuer(cacheCapacity: 10)
        let token = try issuer.token(Samples.payload)
        let forged = token.dropLast(4) + "AAAA"
        for _ in 0..<3 {
            #expect(throws: TokenError.signatureMismatch) { try issuer.verifier.verify(forged, at: Samples.now) }
        }
    }

    @Test func `many threads verify at once`() async throws {
        let verifier = try Samples.verifier(cacheCapacity: 8)
        let tokens = try Algorithm.allCases.flatMap { algorithm in
            try (0..<4).map { try Samples.token(#"{"sub":"\#($0)","tenant":"acme","exp":1700003600}"#, by: algorithm) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for step in 0..<200 {
                        let number = (step * 7 + worker) % tokens.count
                        let principal = try verifier.verify(tokens[number], at: Samples.now)
                        #expect(principal.user.rawValue == "\(number % 4)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
