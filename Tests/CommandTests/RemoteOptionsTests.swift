import Client
import Testing
import Text

@testable import boardcast

@Suite struct RemoteOptionsTests {
    @Test func `the flag wins over the variable, it over this machine`() throws {
        let environment = ["BOARDCAST_URL": "http://b"]
        #expect(try RemoteOptions.server("http://a", environment: environment).description == "http://a")
        #expect(try RemoteOptions.server(nil, environment: environment).description == "http://b")
        for environment in [[:], ["BOARDCAST_URL": ""]] {
            #expect(
                try RemoteOptions.server(nil, environment: environment).description == "http://127.0.0.1:8788")
        }
    }

    @Test(arguments: [("--url", "u:p@h", [:]), ("--url", "", [:]), ("BOARDCAST_URL", nil, ["BOARDCAST_URL": "u:p@h"])])
    func `a URL that is none is not quoted, but the place where it stands is named`(
        name: String, flag: String?, environment: [String: String]
    ) {
        let failure = #expect(throws: Failure.self) {
            try RemoteOptions.server(flag, environment: environment)
        }
        #expect(failure?.kind == .usage)
        #expect(failure?.message.hasPrefix("\(name) must be one such as") == true)
        #expect(failure?.message.contains("u:p") == false)
    }
}
