import Boards
import Events
import StrictJSON
import TestSupport
import Testing

@testable import TaskFiles

@Suite struct TaskFileTests {
    private let statuses = StatusMap(.main(since: Timestamp(milliseconds: 0)))

    private func rows(_ file: TaskFile) -> [ImportRow] { (0..<file.count).map { file.row($0, on: statuses) } }

    private func csv(_ text: String) throws(TaskFileError) -> [ImportRow] { rows(try TaskFile(Array(text.utf8))) }

    private func json(_ text: String) throws(TaskFileError) -> TaskFile { try TaskFile(Array(text.utf8)) }

    private func refusal(_ body: () throws(TaskFileError) -> Void) -> TaskFileError? {
        do throws(TaskFileError) { try body() } catch { return error }
        return nil
    }

    // MARK: CSV

    @Test func `a CSV file's columns are found by name, in any order`() throws {
        let rows = try csv(
            "Due Date,Labels,Estimate,Title,List,assignee,Description,Priority\r\n"
                + "2026-01-15,bug; ui,3,Fix it,In Progress,ann,\"long\r\ntext\",HIGH\r\n"
                + "2026-01-15T10:30:00+01:00,,,Short\r\n")
        #expect(rows.map(\.number) == [2, 3])
        let first = try #require(rows[0].draft)
        #expect(first.name == "Fix it" && first.description == "long\r\ntext" && first.status == "in_progress")
        #expect(first.priority == .high && first.assignee?.rawValue == "ann" && first.labels == ["bug", "ui"])
        #expect(first.dueAt?.description == "2026-01-15T00:00:00.000Z")
        let second = try #require(rows[1].draft)
        #expect(second.status == "inbox" && second.labels == [] && second.board == .main)
        #expect(second.dueAt?.description == "2026-01-15T09:30:00.000Z")
    }

    @Test func `a row without a name is bad, by its number, and no other is`() throws {
        let rows = try csv("name,priority,dueAt\n,low,\nok,,\nx,asap,\ny,,tomorrow\n\"a\"b,,\n\n\"  \",high,")
        #expect(rows.map(\.reason) == ["name is required", nil, nil, nil, nil, "name is required"])
        #expect(rows.map(\.number) == [2, 3, 4, 5, 6, 8])
        #expect(rows.map(\.notes) == [[], [], [.unknown(.priority, "asap")], [.unknown(.date, "tomorrow")], [], []])
        #expect(rows[2].draft?.priority == .medium && rows[3].draft?.dueAt == nil && rows[4].draft?.name == "ab")
    }

    @Test func `a table without a column for a name is refused`() {
        for text in ["", " ", "\n\n", "\u{FEFF}"] {
            #expect(refusal { () throws(TaskFileError) in _ = try csv(text) } == .empty)
        }
        for text in ["status,labels\n", "estimate;status\n", "a,b\nname,c\n"] {
            #expect(refusal { () throws(TaskFileError) in _ = try csv(text) } == .noNameColumn)
        }
    }

    @Test func `more rows than are taken are refused`() {
        let lines = String(repeating: "a\n", count: TaskFile.mostRows + 2)
        #expect(
            refusal { () throws(TaskFileError) in _ = try csv("name\n" + lines) } == .tooManyRows(limit: 100_000))
    }

    @Test func `columns that say nothing about a task are named`() throws {
        let file = try TaskFile(Array("name,Estimate,id,createdAt,Sprint\n".utf8))
        #expect(file.ignoredColumns == ["Estimate", "Sprint"])
        #expect(file.count == 0)
    }

    // MARK: Trello

    @Test func `a Trello board's cards come by list and position, without what is archived`() throws {
        let file = try json(
            """
            {"id":"b","name":"Board","prefs":{"x":[1]},"actions":[{"data":{"card":{"name":"no"}}}],
             "cards":[
              {"id":"1","name":"second","idList":"l1","pos":20,"closed":false},
              {"id":"2","name":"first","desc":"words","idList":"l1","pos":10.5,"closed":false,"due":"2026-02-01T08:00:00.000Z",
               "labels":[{"name":"bug","color":"red"},{"name":"","color":"green"},{"name":"bug","color":"blue"}],"idMembers":["m1","m2"]},
              {"id":"3","name":"gone","idList":"l1","pos":1,"closed":true},
              {"id":"4","name":"with its list","idList":"l3","pos":1,"closed":false},
              {"id":"5","name":"elsewhere","idList":"l2","pos":1,"closed":false,"due":null},
              {"id":"6","name":7,"idList":"l2","pos":2},
              "no card"],
             "lists":[{"id":"l2","name":"On Hold","pos":5,"closed":false},{"id":"l1","name":"In progress","pos":1,"closed":false},
              {"id":"l3","name":"Old","closed":true}],
             "members":[{"id":"m1","username":"ann"},{"id":"m2","username":"ben"}]}
            """)
        #expect(file.format == .trello && file.archived == 2 && file.count == 5)
        let rows = rows(file)
        #expect(rows.map(\.number) == [2, 1, 5, 6, 7])
        let first = try #require(rows[0].draft)
        #expect(first.name == "first" && first.description == "words\n\nMembers: ben" && first.status == "in_progress")
        #expect(first.labels == ["bug", "green"] && first.assignee?.rawValue == "ann")
        #expect(first.dueAt?.description == "2026-02-01T08:00:00.000Z")
        #expect(rows[2].draft?.status == "inbox" && rows[2].notes == [.unknown(.status, "On Hold")])
        #expect(rows[3].reason == "name must be a string")
        #expect(rows[4].reason == "it is not a JSON object")
    }

    // MARK: Our own

    @Test func `a snapshot's tasks are read, and what the server sets is left out`() throws {
        let file = try json(
            #"""
            {"board":{"id":"plan"},"tasks":[
             {"id":9,"boardId":"plan","name":"a","description":"d","status":"review","priority":"urgent","assigneeId":null,
              "labels":["x"],"dueAt":null,"rank":"m","version":3,"createdBy":"u","createdAt":"…","updatedAt":"…"},
             {"name":"b","colour":"red"},{"name":"c","status":"wherever"},{"name":"d","status":1},3],"cursor":"1-x"}
            """#)
        #expect(file.format == .snapshot)
        let rows = rows(file)
        let first = try #require(rows[0].draft)
        #expect(first.board == .main && first.status == "review" && first.priority == .urgent && first.labels == ["x"])
        #expect(rows.map(\.reason) == [nil, nil, nil, nil, "it is not a JSON object"])
        #expect(rows[1].notes == [.passedOver("colour")])
        #expect(rows[2].notes == [.unknown(.status, "wherever")] && rows[2].draft?.status == "inbox")
        #expect(rows[3].notes == [.unknown(.status, "1")])
    }

    @Test func `values of another type, or that say nothing, cost no card`() throws {
        let file = try json(
            #"""
            {"tasks":[{"name":"a","description":7,"priority":"soon","assigneeId":"","labels":["x",1],"dueAt":"never"},
             {"name":"b","description":null,"priority":3,"assigneeId":{},"labels":"x","dueAt":5},{"name":null},{"name":5}]}
            """#)
        let rows = rows(file)
        #expect(rows.map(\.reason) == [nil, nil, "name is required", "name must be a string"])
        #expect(
            rows[0].notes == [
                .unknown(.description, "7"), .unknown(.priority, "soon"), .unknown(.assignee, ""),
                .unknown(.label, "1"),
                .unknown(.date, "never"),
            ])
        #expect(rows[0].draft?.labels == ["x"])
        #expect(
            rows[1].notes == [
                .unknown(.priority, "3"), .unknown(.assignee, "{…}"), .unknown(.label, "x"), .unknown(.date, "5"),
            ])
    }

    @Test func `other JSON is refused as a whole, with the reason`() {
        for text in ["{}", #"{"cards":[]}"#, #"{"lists":[],"members":[]}"#, #"{"tasks":{}}"#] {
            #expect(refusal { () throws(TaskFileError) in _ = try json(text) } == .unknownFormat(.neither))
        }
        for text in ["[]", " [ {}]", #"[{"name":"A"}]"#, "[1"] {
            #expect(refusal { () throws(TaskFileError) in _ = try json(text) } == .list)
        }
        #expect(
            refusal { () throws(TaskFileError) in _ = try json(#"{"lists":[],"cards":[{"name":"a"}]}"#) }
                == .unknownFormat(.cardsWithoutList))
        #expect(
            refusal { () throws(TaskFileError) in _ = try json(#"{"_format":"x-1","lists":[],"cards":[]}"#) }
                == .unknownFormat(.other("x-1")))
        #expect(refusal { () throws(TaskFileError) in _ = try json(#"{"tasks":[{}"#) } == .json(.unexpectedEnd))
    }

    @Test func `what is no text is refused by its name`() {
        let kinds: [([UInt8], FileKind)] = [
            ([0x50, 0x4B, 3, 4, 0], .zip), ([0x1F, 0x8B, 8], .gzip), ([0xD0, 0xCF, 0x11, 0xE0, 0xA1], .oldExcel),
            (Array("%PDF-1.7".utf8), .pdf), (Array("\n<!DOCTYPE html>".utf8), .markup), (Array("<?xml".utf8), .markup),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .picture), ([0xFF, 0xD8, 0xFF, 0xE0], .picture),
            (Array("GIF89a".utf8), .picture), (Array("RIFF\0\0\0\0WEBPVP8".utf8), .picture),
        ]
        for (bytes, kind) in kinds {
            #expect(refusal { () throws(TaskFileError) in _ = try TaskFile(bytes) } == .notText(kind))
        }
    }

    @Test func `a value that is too long for one card is refused, a long file is not`() {
        let long = #"{"name":"\#(String(repeating: "a", count: 1 << 20))"}"#
        #expect(
            refusal { () throws(TaskFileError) in _ = try json(#"{"tasks":[\#(long)]}"#) }
                == .json(.tooLong(limit: 1 << 20)))
        let half = #"{"name":"\#(String(repeating: "a", count: 1 << 19))"}"#
        let many = Array(repeating: half, count: 8).joined(separator: ",")
        #expect(throws: Never.self) { try json(#"{"tasks":[\#(many)]}"#) }
    }

    @Test(arguments: 0..<6)
    func `random bytes and damaged files never crash`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let samples = [
            #"{"lists":[{"id":"l","name":"Done"}],"cards":[{"name":"a","idList":"l","pos":1}],"members":[{"id":"m"}]}"#,
            #"{"tasks":[{"name":"a","labels":["b"],"status":"done"}],"cursor":"1-a"}"#,
            "name,labels,status\r\na,\"b; c\",done\r\n", "TYPE,CONTENT,DATE\nsection,s,\ntask,t,01/02/2026\n",
            #"{"_format":"wekan-board-1.0.0","lists":[{"_id":"l"}],"cards":[{"_id":"c","title":"a","listId":"l"}]}"#,
        ]
        for _ in 0..<400 {
            var bytes = Array(samples.randomElement(using: &random)!.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = .random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(.random(in: 0...255, using: &random), at: index)
                }
            }
            if let file = try? TaskFile(bytes) { _ = rows(file) }
        }
    }

    // MARK: There and back

    @Test(arguments: 0..<4)
    func `tasks that were exported are imported as they were`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let tasks = (1...40).map { RandomTask.task($0, using: &random) }
        let files = [
            try TaskFile(TaskExport.csv(tasks)), try TaskFile(RandomTask.snapshot(tasks)),
        ]
        for file in files {
            try #require(file.count == tasks.count)
            for (row, task) in zip(rows(file), tasks) {
                let draft = try #require(row.draft, "\(row.reason ?? ""), seed \(seed)")
                #expect(draft.name.hasSameBytes(as: task.name) && draft.description.hasSameBytes(as: task.description))
                #expect(draft.status == task.status && draft.priority == task.priority)
                #expect(draft.assignee == task.assignee && draft.dueAt == task.dueAt)
                #expect(draft.labels.map { Array($0.utf8) } == task.labels.map { Array($0.utf8) })
            }
        }
    }
}

extension ImportRow {
    var draft: TaskDraft? { if case .draft(let draft) = outcome { draft } else { nil } }
    var reason: String? { if case .bad(let reason) = outcome { reason } else { nil } }
}
