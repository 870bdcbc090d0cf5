import Boards
import Events
import StrictJSON
import Testing

@testable import Gateway

/// What a client may say on a WebSocket, and how it is told that it said something else.
@Suite struct SocketCommandTests {
    @Test func `each command is taken with what belongs to it`() throws {
        guard case .auth("a.b.c") = try command(#"{"type":"auth","token":"a.b.c"}"#) else { return fail() }
        guard case .ping = try command(#"{"type":"ping"}"#) else { return fail() }
        guard
            case .typing(let board, 7, true) = try command(
                #"{"type":"typing","boardId":"main","taskId":7,"typing":true}"#)
        else { return fail() }
        #expect(board == .main)
        guard
            case .subscribe(let boards, let types, let since) = try command(
                #"{"type":"subscribe","boards":["main","main"],"types":["task.*"],"since":"4-ab"}"#)
        else { return fail() }
        #expect(boards == [.main] && types == ["task.*"] && since == "4-ab")
    }

    @Test func `types come as a list or with commas, and what is null is as if it were not there`() throws {
        guard case .unsubscribe(let boards, let types) = try command(#"{"type":"unsubscribe","types":"a.b,c.*"}"#)
        else { return fail() }
        #expect(boards.isEmpty && types == ["a.b", "c.*"])
        guard
            case .subscribe(let none, nil, nil) = try command(
                #"{"type":"subscribe","boards":null,"types":null,"since":null}"#)
        else { return fail() }
        #expect(none.isEmpty)
    }

    @Test(arguments: [
        "", "[]", "7", "{", #"{"type":"ping","type":"ping"}"#, "{}", #"{"type":7}"#, #"{"type":"shout"}"#,
        #"{"type":"ping","x":1}"#, #"{"type":"auth"}"#, #"{"type":"auth","token":7}"#,
        #"{"type":"subscribe","boards":"main"}"#, #"{"type":"subscribe","boards":[7]}"#,
        #"{"type":"subscribe","boards":["No Board"]}"#, #"{"type":"subscribe","since":7}"#,
        #"{"type":"subscribe","types":[]}"#, #"{"type":"subscribe","types":["a b"]}"#,
        #"{"type":"subscribe","types":["a.b",7]}"#, #"{"type":"subscribe","types":["a.b,c.d"]}"#,
        #"{"type":"unsubscribe","since":"1-a"}"#, #"{"type":"typing","boardId":"main","taskId":"7","typing":true}"#,
        #"{"type":"typing","boardId":"main","taskId":7.5,"typing":true}"#, #"{"type":"typing","taskId":7}"#,
    ])
    func `what is no command is refused`(text: String) {
        #expect(throws: Problem.self) { try command(text) }
    }

    @Test func `a command's id is a text or a whole number`() throws {
        for (id, value) in [("7", JSONValue.number(JSONNumber(7))), (#""a-7""#, .string("a-7"))] {
            let message = SocketMessage(#"{"type":"ping","id":\#(id)}"#)
            #expect(message.id == value)
            guard case .ping = try message.command.get() else { return fail() }
            #expect(SocketMessage(#"{"type":"shout","id":\#(id)}"#).id == value)
        }
        #expect(SocketMessage(#"{"type":"ping","id":null}"#).id == nil)
        for id in ["1.5", "true", "[]", "{}", #""\#(String(repeating: "x", count: 129))""#] {
            let message = SocketMessage(#"{"type":"ping","id":\#(id)}"#)
            #expect(message.id == nil)
            #expect(throws: Problem.self) { try message.command.get() }
        }
    }

    @Test func `a list of boards has a bound`() throws {
        let list = { (count: Int) in Array(repeating: #""main""#, count: count).joined(separator: ",") }
        _ = try command(#"{"type":"subscribe","boards":[\#(list(100))]}"#)
        #expect(throws: Problem.self) { try command(#"{"type":"subscribe","boards":[\#(list(101))]}"#) }
    }

    @Test func `a refusal does not repeat what was said`() {
        let secret = "s3cret"
        for text in [
            #"{"type":"auth","token":"\#(secret)","more":1}"#, #"{"type":"\#(secret)"}"#, #"{"\#(secret)"#,
            #"{"type":"subscribe","boards":["\#(secret) x"]}"#, #"{"type":"ping","\#(secret)":1}"#,
        ] {
            do throws(Problem) {
                _ = try command(text)
                Issue.record("taken: \(text)")
            } catch {
                #expect(!error.detail.contains(secret))
            }
        }
    }

    private func command(_ text: String) throws(Problem) -> SocketCommand { try SocketMessage(text).command.get() }

    private func fail() { Issue.record("taken for another command") }
}
