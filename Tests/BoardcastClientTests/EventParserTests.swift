import Foundation
import Testing

@testable import BoardcastClient

/// What the Swift client reads; how it connects is in `Tests/EndToEnd/clients`.
@Suite struct EventParserTests {
    private func events(_ text: String, cutInto size: Int) throws -> [EventParser.Event] {
        var parser = EventParser(id: "1-e")
        let bytes = Array(text.utf8)
        return try stride(from: 0, to: bytes.count, by: size).flatMap {
            try parser.read(bytes[$0..<min($0 + size, bytes.count)])
        }
    }

    @Test(arguments: [1, 2, 3, 1000])
    func `a stream is read the same however it is cut`(size: Int) throws {
        let text = ": comment\n\nid: 2-e\r\ndata: a\r\ndata: b\r\n\r\nevent: x\ndata:c\rid\r\r\ndata: cut"
        #expect(
            try events(text, cutInto: size) == [
                .init(id: "2-e", data: Array("a\nb".utf8)), .init(id: "", data: Array("c".utf8)),
            ])
    }

    @Test func `the time to come back is digits alone`() throws {
        var parser = EventParser(id: "")
        _ = try parser.read("retry: 250\nretry: 1s\nretry: -1\n".utf8)
        #expect(parser.retry == .milliseconds(250))
    }

    @Test func `an event without end is refused`() throws {
        var parser = EventParser(id: "")
        let line = [UInt8](repeating: 0x61, count: EventParser.longest + 1)
        #expect(throws: BoardcastError.self) { try parser.read(line) }
    }

    @Test func `events have types, and what is not known is there as JSON`() throws {
        func event(_ json: String) throws -> BoardcastEvent {
            BoardcastEvent(try BoardcastJSON.decode(Data(json.utf8)), cursor: "7-e", json: Data(json.utf8))
        }
        let task = """
            {"id":1,"boardId":"main","name":"n","status":"done","version":2,"createdAt":"2026-01-15T10:30:00.000Z",\
            "updatedAt":"2026-01-15T10:30:00.250Z"}
            """
        let changed = try event(
            #"{"type":"task.status_changed","seq":7,"boardId":"main","taskId":1,"task":\#(task),"newStatus":"done"}"#)
        guard case .task(let change) = changed.content else { Issue.record("\(changed)"); return }
        #expect(change.task.name == "n" && change.newStatus == "done" && changed.seq == 7 && changed.cursor == "7-e")
        guard case .other = try event(#"{"type":"task.unheard_of","seq":8}"#).content else { Issue.record(); return }
        guard case .present(["ann"]) = try event(#"{"type":"presence.state","users":["ann"]}"#).content else {
            Issue.record()
            return
        }
        guard case .resync("cursor_expired") = try event(#"{"type":"stream.resync","reason":"cursor_expired"}"#).content
        else { Issue.record(); return }
    }

    @Test(arguments: [
        "", "boards.example.com", "ftp://a.example", "https://u:p@a.example", "https://a.example?token=1",
    ])
    func `what is no server's URL is refused`(url: String) {
        #expect(throws: BoardcastError.badURL) { try Boardcast(url, token: "t") }
    }

    @Test func `pauses grow, and have chance in them`() {
        var pauses = Pauses()
        for bound in [1.0, 2, 4, 8, 16, 20, 20] {
            let pause = pauses.next(atLeast: .zero)
            #expect(pause >= .seconds(0.5) && pause <= .seconds(bound))
        }
        #expect(pauses.next(atLeast: .seconds(30)) == .seconds(30))
    }
}
