import Client
import TestSupport
import Testing

@testable import boardcast

@Suite struct TokenSourceTests {
    @Test func `the file wins over the variable, and one of them is needed`() throws {
        #expect(try TokenSource(file: "f", environment: ["BOARDCAST_TOKEN": "t"]) == .file("f"))
        #expect(try TokenSource(file: nil, environment: ["BOARDCAST_TOKEN": "t"]) == .text("t"))
        for environment in [[:], ["BOARDCAST_TOKEN": ""]] {
            let failure = #expect(throws: Failure.self) { try TokenSource(file: nil, environment: environment) }
            #expect(failure?.kind == .usage)
        }
    }

    @Test func `the file is read each time`() throws {
        let folder = try TemporaryFolder()
        let source = TokenSource.file(try folder.write("token", "one\n"))
        #expect(try source.token() == "one")
        try folder.write("token", " two\r\n")
        #expect(try source.token() == "two")
    }

    @Test(arguments: ["", " ", "a b", "a\r\nX: y", "é", "a\u{0}"])
    func `what can't stand in a header is no token, and is not quoted`(text: String) {
        #expect(throws: Failure(.usage, "the token must be one word of ASCII")) { try TokenSource.text(text).token() }
    }
}
