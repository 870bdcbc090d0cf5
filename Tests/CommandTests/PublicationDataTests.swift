import Client
import Testing

@testable import boardcast

@Suite struct PublicationDataTests {
    @Test func `data is text, a file or stdin`() {
        #expect(PublicationData(nil) == .text("null"))
        #expect(PublicationData(#"{"a":1}"#) == .text(#"{"a":1}"#))
        #expect(PublicationData("@a b.json") == .file("a b.json"))
        #expect(PublicationData("-") == .file("/dev/stdin"))
    }

    @Test func `data that is not JSON, or not there, is wrong usage`() {
        for argument in ["", "{", "{'a':1}", "nul", "@/does/not/exist"] {
            let failure = #expect(throws: Failure.self) { try PublicationData(argument).read() }
            #expect(failure?.kind == .usage)
        }
    }
}
