import Testing

@testable import boardcast

@Suite struct LifetimeTests {
    @Test(arguments: [
        ("90s", 90), ("15m", 900), ("1h", 3600), ("7d", 604_800), ("3650d", 315_360_000), ("1s", 1), ("007s", 7),
    ])
    func `a number and its unit`(text: String, seconds: Int) {
        #expect(Lifetime(text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "1", "h", "0s", "-1h", "1.5h", "1 h", "1H", "1w", "1h30m", "3651d", "9999999999s", "١h", "1ｈ", "+1h",
    ])
    func `anything else is none`(text: String) {
        #expect(Lifetime(text) == nil)
    }
}
