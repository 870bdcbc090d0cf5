import Foundation
import StrictJSON
import Testing

@testable import Client

@Suite struct ImportReportTests {
    private func report(_ json: String) throws -> ImportReport {
        let job = try #require(try JSONParser.parse(Array(json.utf8)).object)
        return try #require(ImportReport(job))
    }

    @Test func `progress is a bar, and what the server says`() throws {
        let half = try report(#"{"id":"1","status":"processing","progress":45,"message":"9 of 20 rows"}"#)
        #expect(half.bar == "[#########···········]  45 %  9 of 20 rows")
        #expect(!half.isFinal)
        #expect(try report(#"{"id":"1","status":"queued","progress":-5,"message":null}"#).bar.contains("0 %"))
        #expect(try report(#"{"id":"1","status":"x","progress":500}"#).bar.hasPrefix("[####################] 100 %"))
    }

    @Test func `the summary names each bad row, and the failure means them all`() throws {
        let done = try report(
            #"""
            {"id":"1","status":"completed","progress":100,"message":"9 of 9 rows, 3 of them bad","error":null,"result":
             {"bad":3,"archived":2,"badRows":[{"row":2,"reason":"name is required"},{"row":7,"reason":"a\u001b[31mb"}]}}
            """#)
        #expect(
            done.summary.split(separator: "\n") == [
                "import completed: 9 of 9 rows, 3 of them bad", "row 2: name is required", "row 7: a\u{FFFD}[31mb",
                "and 1 more bad row", "2 archived cards were left out",
            ])
        #expect(done.failure?.kind == .usage)
    }

    @Test func `it says what the board's page says`() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Vectors/import-report.json")
        let cases = try JSONParser.parse(Array(Data(contentsOf: path))).array?.compactMap(\.object) ?? []
        try #require(cases.count > 3)
        for sample in cases {
            let lines = sample["lines"]?.array?.compactMap(\.string)
            #expect(ImportReport.lines(of: try #require(sample["result"]?.object)) == lines)
        }
    }

    @Test(
        arguments: [("completed", nil), ("failed", .unexpected), ("cancelled", .conflict)] as [(String, Failure.Kind?)])
    func `the end of the job is the end of the import`(status: String, failure: Failure.Kind?) throws {
        let job = try report(#"{"id":"1","status":"\#(status)","progress":1,"error":"because","result":{"bad":0}}"#)
        #expect(job.isFinal && job.failure?.kind == failure && job.summary.contains("because"))
    }

    @Test func `a long board is sent without its history`() throws {
        func text(_ actions: String) -> String {
            #"{"name":"\"actions\":[1]","a":{"actions":[0]},"actions" : \#(actions),"cards":[]}"#
        }
        let range = try #require(ImportFile.actions(in: Array(text("[[{\"x\":\"]\"}], 2]").utf8)))
        #expect(
            String(decoding: Array(text("[[{\"x\":\"]\"}], 2]").utf8)[range], as: UTF8.self) == #"[[{"x":"]"}], 2]"#)
        for other in ["{}", "[", "\"actions\":[1]", #"{"actions":7}"#, #"{"actions":["#, #"{"actions"#, "\\"] {
            #expect(ImportFile.actions(in: Array(other.utf8)) == nil)
        }
        let long = "[\"" + String(repeating: "x", count: ImportFile.usual) + "\"]"
        #expect(ImportFile(bytes: Array(text(long).utf8)).withoutHistory.bytes == Array(text("[]").utf8))
        #expect(ImportFile(bytes: Array(text("[1]").utf8)).withoutHistory.bytes == Array(text("[1]").utf8))
    }

    @Test func `a file is JSON when it begins with a brace`() {
        func type(_ text: String) -> String { ImportFile(bytes: Array(text.utf8)).mediaType }
        for text in ["{", "\u{FEFF} \r\n{"] { #expect(type(text) == "application/json") }
        for text in ["", "name", "\u{FEFF}name"] { #expect(type(text) == "text/csv") }
    }
}
