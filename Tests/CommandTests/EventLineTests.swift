import StrictJSON
import Testing

@testable import boardcast

@Suite struct EventLineTests {
    private func line(_ json: String, color: Bool = false) throws -> String {
        let event = try #require(try JSONParser.parse(Array(json.utf8)).object)
        return EventLine(terminal: Terminal(hasColor: color)).text(event)
    }

    @Test func `an event is one line in columns`() throws {
        let json =
            #"{"type":"task.created","seq":1,"boardId":"main","taskId":1,"task":{"name":"Write docs"},"timestamp":"2026-01-15T10:30:00.000Z"}"#
        #expect(try line(json) == "2026-01-15T10:30:00Z       1  task.created          main          #1 Write docs")
    }

    @Test func `a change of status says from what to what`() throws {
        let json =
            #"{"type":"task.status_changed","seq":12,"boardId":"main","taskId":7,"task":{"name":"x"},"previousStatus":"inbox","newStatus":"done"}"#
        #expect(try line(json).hasSuffix("    12  task.status_changed   main          #7 x (inbox → done)"))
    }

    @Test func `an update says what changed, and who did it`() throws {
        let json =
            #"{"type":"task.updated","seq":3,"taskId":7,"task":{"name":"x"},"changes":{"name":["a","x y"],"labels":[[],["b","c"]],"dueAt":[null,"2026-01-15"],"rank":["m","n"]},"actor":"ann"}"#
        #expect(
            try line(json).hasSuffix("#7 x (name a → “x y”, labels none → b+c, dueAt none → 2026-01-15, moved) by ann"))
    }

    @Test func `of a long text that changed its field alone is named`() throws {
        let long = String(repeating: "x", count: 41)
        let json = #"{"type":"task.updated","taskId":7,"changes":{"description":["","\#(long)"]},"actor":"a\u001b"}"#
        #expect(try line(json).hasSuffix("#7 (description) by a\u{FFFD}"))
    }

    @Test func `presence says who is there`() throws {
        #expect(
            try line(#"{"type":"presence.state","boardId":"main","users":["ann","ben"]}"#).hasSuffix(
                "main          ann ben")
        )
    }

    @Test func `a job says how far it is`() throws {
        func job(_ type: String, _ more: String) throws -> String {
            try line(#"{"type":"job.\#(type)","seq":1,"boardId":"main","jobId":"j","job":{"name":"Nightly",\#(more)}}"#)
        }
        #expect(
            try job("progress", #""status":"processing","progress":50,"message":"step 50""#).hasSuffix(
                "main          “Nightly” processing 50 % step 50"))
        #expect(
            try job("completed", #""status":"completed","progress":100,"message":null"#).hasSuffix(
                "“Nightly” completed"))
        #expect(
            try job("failed", #""status":"failed","progress":7,"error":"a\u001bb""#).hasSuffix(
                "“Nightly” failed 7 % a\u{FFFD}b"))
    }

    @Test func `what was published shows its data, or the beginning of it`() throws {
        #expect(
            try line(#"{"type":"deploy.done","seq":3,"data":{"ok":true}}"#).hasSuffix(
                #"deploy.done           -             {"ok":true}"#))
        let long = try line(#"{"type":"deploy.done","data":"\#(String(repeating: "x", count: 500))"}"#)
        #expect(long.hasSuffix("x…") && long.count < 250)
    }

    @Test func `a name can't command the terminal`() throws {
        let name = #"a\u001b[31mb\nc\u009b1md\u202ee\u2028f"#
        let shown = try line(#"{"type":"task.created","taskId":1,"task":{"name":"\#(name)"}}"#)
        #expect(shown.hasSuffix("#1 a\u{FFFD}[31mb c\u{FFFD}1md\u{FFFD}e f"))
        let type = try line(#"{"type":"x.\u001b[0m","boardId":"\u001b","timestamp":"\u001b"}"#)
        #expect(!type.contains("\u{1B}"))
    }

    @Test func `a type has a colour where there are colours`() throws {
        #expect(try line(#"{"type":"task.created"}"#, color: true).contains("\u{1B}[32mtask.created"))
        #expect(try !line(#"{"type":"task.created"}"#).contains("\u{1B}"))
    }
}
