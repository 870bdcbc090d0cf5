import StrictJSON
import Testing

@testable import Client

@Suite struct PublicationTests {
    @Test func `an event says whom it is for, and only that`() throws {
        let data = try JSONParser.parse(Array(#"{"a":[1,null]}"#.utf8))
        func json(_ board: String?, _ user: String?, _ isEphemeral: Bool) -> String {
            let draft = PublicationDraft(type: "a.b", board: board, user: user, isEphemeral: isEphemeral, data: data)
            return String(decoding: draft.json, as: UTF8.self)
        }
        #expect(json(nil, nil, false) == #"{"type":"a.b","data":{"a":[1,null]}}"#)
        #expect(json("main", nil, false) == #"{"type":"a.b","boardId":"main","data":{"a":[1,null]}}"#)
        #expect(json(nil, "ann", true) == #"{"type":"a.b","userId":"ann","ephemeral":true,"data":{"a":[1,null]}}"#)
    }

    @Test func `a receipt is the event's number, if it has one`() throws {
        #expect(try PublicationReceipt(Array(#"{"seq":42}"#.utf8)).text == "42")
        #expect(try PublicationReceipt(Array(#"{"seq":42}"#.utf8)).json == #"{"seq":42}"#)
        #expect(try PublicationReceipt(Array("{}".utf8)).text == nil)
        let failure = #expect(throws: Failure.self) { try PublicationReceipt(Array("<html>".utf8)) }
        #expect(failure?.kind == .unreachable)
    }
}
