import Testing

@testable import Tokens

@Suite struct TokenRuleTests {
    @Test func `every error names a rule, and every rule is named`() {
        let named = Set(TokenError.allCases.map(\.rule))
        #expect(named == Set(TokenRule.allCases))
        #expect(TokenError.expired.rule.rawValue == "expiry" && TokenError.tenantOfAnotherIssuer.rule == .tenant)
    }
}
