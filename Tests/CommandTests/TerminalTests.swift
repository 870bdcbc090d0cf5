import Client
import Testing

@testable import boardcast

@Suite struct TerminalTests {
    @Test func `colour is for terminals, unless NO_COLOR says no`() {
        #expect(!Terminal.standardOutput(environment: ["NO_COLOR": "1"]).hasColor)
        #expect(!Terminal.standardOutput(environment: ["TERM": "dumb"]).hasColor)
    }
}
