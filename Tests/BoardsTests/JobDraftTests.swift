import Boards
import Contracts
import StrictJSON
import Testing

@Suite struct JobDraftTests {
    @Test(arguments: [
        ("{}", ["/name"]), (#"{"name":""}"#, ["/name"]), (#"{"name":7}"#, ["/name"]),
        (#"{"name":"a\u0000"}"#, ["/name"]), (#"{"name":"a","boardId":"A"}"#, ["/boardId"]),
        (#"{"name":"a","id":"x"}"#, ["/id"]), (#"{"name":"a","status":"done","tenant":"t"}"#, ["/status", "/tenant"]),
    ])
    func `a job that can't be is refused with each reason`(json: String, pointers: [String]) {
        let refused = #expect(throws: BoardError.self) { try JobDraft(object(json)) }
        guard case .invalid(let errors) = refused else { Issue.record("not invalid"); return }
        #expect(errors.map(\.pointer) == pointers)
    }

    @Test(arguments: [
        #"{"status":"done"}"#, #"{"status":null}"#, #"{"progress":-1}"#, #"{"progress":101}"#, #"{"progress":"40"}"#,
        #"{"progress":40.5}"#, #"{"progress":1e400}"#, #"{"progress":null}"#, #"{"message":7}"#,
        #"{"percent":1}"#,
    ])
    func `a report that can't be is refused`(json: String) {
        let refused = #expect(throws: BoardError.self) { try JobReport(object(json)) }
        guard case .invalid(let errors) = refused else { Issue.record("not invalid"); return }
        #expect(errors.count == 1)
    }

    @Test func `texts and payloads have their limits`() throws {
        func long(_ count: Int) -> String { String(repeating: "é", count: count) }
        func json(_ bytes: Int) -> String { "\"\(String(repeating: "x", count: bytes - 2))\"" }
        _ = try JobDraft(object(#"{"name":"\#(long(200))","input":\#(json(65_536))}"#))
        #expect(throws: BoardError.self) { try JobDraft(object(#"{"name":"\#(long(201))"}"#)) }
        #expect(throws: BoardError.self) { try JobDraft(object(#"{"name":"a","input":\#(json(65_537))}"#)) }
        for name in ["result", "details"] {
            _ = try JobReport(object(#"{"\#(name)":\#(json(65_536))}"#))
            #expect(throws: BoardError.self) { try JobReport(object(#"{"\#(name)":\#(json(65_537))}"#)) }
        }
        _ = try JobReport(object(#"{"message":"\#(long(1000))","error":"\#(long(4000))"}"#))
        #expect(throws: BoardError.self) { try JobReport(object(#"{"message":"\#(long(1001))"}"#)) }
        #expect(throws: BoardError.self) { try JobReport(object(#"{"error":"\#(long(4001))"}"#)) }
    }

    @Test func `an id is 32 hexadecimal digits that nobody can guess`() throws {
        let ids = (0..<1000).map { _ in JobID.random() }
        #expect(Set(ids).count == 1000 && ids.allSatisfy { JobID($0.rawValue) == $0 })
        for text in ["", "1", String(repeating: "A", count: 32), String(repeating: "a", count: 33)] {
            #expect(JobID(text) == nil)
        }
    }
}
