import Events
import TestSupport
import Testing

@testable import Tokens

@Suite struct DateTests {
    let issuer = try! Issuer()

    private func payload(_ dates: String) -> String { #"{"sub":"u1","tenant":"acme",\#(dates)}"# }

    @Test func `a token is good until its expiry and the leeway have passed`() throws {
        let token = try issuer.token(payload(#""exp":1700000000"#))
        #expect(try issuer.verifier.verify(token, at: 1_700_000_029_999).user.rawValue == "u1")
        #expect(throws: TokenError.expired) { try issuer.verifier.verify(token, at: 1_700_000_030_000) }
        let exact = try Issuer(TokenRules(leeway: .zero))
        #expect(try exact.verifier.verify(token, at: 1_699_999_999_999).user.rawValue == "u1")
        #expect(throws: TokenError.expired) { try exact.verifier.verify(token, at: 1_700_000_000_000) }
    }

    @Test func `a token is not good before its time, less the leeway`() throws {
        for (claim, rule) in [("nbf", TokenError.notYetValid), ("iat", .issuedInFuture)] {
            let token = try issuer.token(payload(#""exp":1800000000,"\#(claim)":1700000000"#))
            #expect(try issuer.verifier.verify(token, at: 1_699_999_970_000).user.rawValue == "u1")
            #expect(throws: rule) { try issuer.verifier.verify(token, at: 1_699_999_969_999) }
        }
    }

    @Test(arguments: [
        ("1700003600", 1_700_003_600_000), ("1700003600.0", 1_700_003_600_000), ("1700003600.5", 1_700_003_600_500),
        ("17000036e2", 1_700_003_600_000), ("1.7000036e9", 1_700_003_600_000), ("1700003600.9999", 1_700_003_600_999),
        ("8640000000000", 8_640_000_000_000_000),
    ])
    func `a date may be spelled as any number`(spelling: String, expiry: Timestamp) throws {
        #expect(try issuer.verify(payload(#""exp":\#(spelling)"#)).expiresAt == expiry)
    }

    @Test(arguments: [
        "1e400", "-1e400", "1e308", "1e19", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "18446744073709551616", "8640000000001", "-8640000000001", "8640000000000.5",
        "1" + String(repeating: "0", count: 500),
    ])
    func `a date beyond all calendars is refused and traps nothing`(spelling: String) {
        #expect(throws: TokenError.notADate) { try issuer.verify(payload(#""exp":\#(spelling)"#)) }
        #expect(throws: TokenError.notADate) { try issuer.verify(payload(#""exp":1700003600,"nbf":\#(spelling)"#)) }
        #expect(throws: TokenError.notADate) { try issuer.verify(payload(#""exp":1700003600,"iat":\#(spelling)"#)) }
    }

    @Test(arguments: ["0", "-1", "-0", "1e-400", "-8640000000000"])
    func `a date long past has passed`(spelling: String) {
        #expect(throws: TokenError.expired) { try issuer.verify(payload(#""exp":\#(spelling)"#)) }
    }

    @Test(arguments: [Timestamp.distantPast, -1, 0, .never]) func `no clock traps`(now: Timestamp) throws {
        let token = try issuer.token(payload(#""exp":8640000000000,"nbf":-8640000000000,"iat":-8640000000000"#))
        _ = try? issuer.verifier.verify(token, at: now)
    }
}
