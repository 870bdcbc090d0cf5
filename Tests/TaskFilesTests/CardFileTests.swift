import Boards
import Events
import Testing

@testable import TaskFiles

/// Boards of Trello and Wekan as JSON.
@Suite struct CardFileTests {
    @Test func `checklists become items below the description, and what is left out is counted`() throws {
        let file = try TaskFile(
            Array(
                #"""
                {"cards":[
                 {"id":"c1","name":" A ","desc":"words","idList":"l","pos":1,"dueComplete":true,"due":"2026-01-15T10:00:00.000Z",
                  "badges":{"comments":3,"attachments":2},"customFieldItems":[{"id":"f"}],"idMembers":["m1","m2"]},
                 {"id":"c2","name":"B","desc":"","idList":"l","pos":2,"badges":{"comments":1},"attachments":[{"id":"a"}]}],
                 "lists":[{"id":"l","name":"Done","pos":1}],"members":[{"id":"m1","username":"ann"},{"id":"m2","username":"bo"}],
                 "checklists":[
                  {"id":"k2","idCard":"c1","name":"Later","pos":2,"checkItems":[{"name":"x\ny","state":"incomplete","pos":1}]},
                  {"id":"k1","idCard":"c1","name":"Steps","pos":1,"checkItems":[
                   {"name":"Order paper","state":"incomplete","pos":2},{"name":"Call","state":"complete","pos":1}]},
                  {"id":"k3","name":"loose","checkItems":[]},{"id":"k4","idCard":"gone","name":"lost","checkItems":[]}],
                 "actions":[{"type":"commentCard"},{"type":"updateCard"}],"customFields":[{"id":"f"}]}
                """#.utf8))
        let found = rows(of: file)
        let first = try #require(found[0].draft)
        #expect(
            first.description
                == "words\n\n### Steps\n- [x] Call\n- [ ] Order paper\n\n### Later\n- [ ] x y\n\nMembers: bo")
        #expect(first.name == "A" && first.status == "done" && first.assignee?.rawValue == "ann")
        #expect(found[0].notes == [.kept("Members")] && found[1].draft?.description == "")
        #expect(
            file.leftOut == [.comments: 4, .attachments: 3, .customFields: 1, .completedDates: 1, .checklists: 2])
    }

    @Test func `a board of Wekan's is read`() throws {
        let file = try TaskFile(
            Array(
                #"""
                {"_format":"wekan-board-1.0.0","_id":"b","title":"Web","cards":[
                 {"_id":"c2","title":"Second","listId":"l1","sort":2,"archived":false,"labelIds":["g","r"],"members":["u1"]},
                 {"_id":"c1","title":"First","description":"d","listId":"l1","sort":1,"dueAt":"2026-01-15T10:00:00.000Z",
                  "assignees":["u2"],"members":["u1"],"customFields":[{"_id":"f","value":null},{"_id":"g","value":"v"}]},
                 {"_id":"c3","title":"Old","listId":"l1","sort":0,"archived":true},{"_id":"c4","listId":"l1"}],
                 "lists":[{"_id":"l1","title":"In progress","sort":0,"archived":false},{"_id":"l0","title":"Ideas","sort":-1}],
                 "labels":[{"_id":"r","name":"","color":"red"},{"_id":"g","name":"Bug","color":"green"}],
                 "users":[{"_id":"u1","username":"ann"},{"_id":"u2","username":"bo"}],"comments":[{"_id":"x","cardId":"c1"}],
                 "checklists":[{"_id":"k","cardId":"c1","title":"Steps","sort":0}],
                 "checklistItems":[{"_id":"i2","checklistId":"k","title":"two","sort":2,"isFinished":false},
                  {"_id":"i1","checklistId":"k","title":"one","sort":1,"isFinished":true}]}
                """#.utf8))
        #expect(file.format == .wekan && file.archived == 1 && file.lists == ["Ideas", "In progress"])
        let found = rows(of: file)
        #expect(found.map { $0.draft?.name } == ["First", "Second", nil] && found[2].reason == "name is required")
        let first = try #require(found[0].draft)
        #expect(first.description == "d\n\n### Steps\n- [x] one\n- [ ] two" && first.assignee?.rawValue == "bo")
        #expect(first.status == "in_progress" && first.dueAt?.description == "2026-01-15T10:00:00.000Z")
        #expect(found[1].draft?.labels == ["Bug", "red"] && found[1].draft?.assignee?.rawValue == "ann")
        #expect(file.leftOut == [.comments: 1, .customFields: 1])
    }

    @Test func `attachments that are in the file as a whole are passed over`() throws {
        let long = String(repeating: "A", count: 3 << 20)
        let file = try TaskFile(
            Array(
                (#"{"_format":"wekan-board-1.0.0","attachments":[{"_id":"a","file":"\#(long)"}],"#
                    + #""lists":[{"_id":"l","title":"Done"}],"cards":[{"_id":"c","title":"a","listId":"l"}]}"#).utf8))
        #expect(rows(of: file).map { $0.draft?.name } == ["a"] && file.leftOut == [.attachments: 1])
    }

    @Test func `lists come from left to right, without those that are archived`() throws {
        let file = try TaskFile(
            Array(
                #"""
                {"lists":[{"id":"2","name":"Doing","pos":2},{"id":"1","name":"Ideas","pos":1},{"id":"3","name":"Old","closed":true}],
                 "cards":[{"name":"a","idList":"2"}]}
                """#.utf8))
        #expect(file.lists == ["Ideas", "Doing"])
    }

    @Test(arguments: [[0xEF, 0xBB, 0xBF] as [UInt8], Array("\r\n ".utf8), []])
    func `JSON is told by its brace, after a mark and white space`(start: [UInt8]) throws {
        let json = #"{"lists":[],"cards":[]}"#
        #expect(try TaskFile(start + Array(json.utf8)).format == .trello)
        let wide: [UInt8] = json.utf16.flatMap { unit -> [UInt8] in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        #expect(try TaskFile([0xFF, 0xFE] + wide).format == .trello)
    }
}
