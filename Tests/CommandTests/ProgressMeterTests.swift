import StrictJSON
import Testing

@testable import boardcast

@Suite struct ProgressMeterTests {
    private func text(_ json: String, isLive: Bool = false) throws -> EventPrinter.Text {
        ProgressMeter(isLive: isLive).text(try #require(try JSONParser.parse(Array(json.utf8)).object))
    }

    private func half(_ message: String = "half") -> String {
        #"{"id":"x","status":"processing","progress":50,"message":"\#(message)","result":null,"error":null}"#
    }

    @Test func `progress is a line each`() throws {
        #expect(try text(half()) == .line(" 50 %  processing: half"))
        #expect(
            try text(#"{"id":"x","status":"cancelled","error":"can\u001bcelled"}"#)
                == .line("cancelled: can\u{FFFD}celled"))
    }

    @Test func `on a terminal one line moves`() throws {
        #expect(
            try text(half(), isLive: true) == .live("[############............]  50 %  processing: half", isEnd: false))
        guard case .live(let line, false) = try text(half(String(repeating: "é", count: 500)), isLive: true) else {
            Issue.record("no line")
            return
        }
        #expect(line.count == 78)
        #expect(
            try text(#"{"status":"completed","progress":100}"#, isLive: true)
                == .live("[########################] 100 %  completed", isEnd: true))
    }
}
