import Boards
import Contracts
import Events
import StrictJSON
import Testing

@Suite struct TaskDraftTests {
    @Test func `every error is told at once, each with its pointer`() {
        let json = #"""
            {"name":"","description":7,"status":"No Way","priority":"asap","assigneeId":"","labels":["a","","a",3],
             "dueAt":"tomorrow","boardId":"B","id":1,"a/b~c":1}
            """#
        guard case .invalid(let errors) = draftError(json) else {
            Issue.record("not refused as invalid")
            return
        }
        #expect(
            errors.map(\.pointer) == [
                "/name", "/boardId", "/description", "/status", "/priority", "/assigneeId", "/labels/1", "/labels/2",
                "/labels/3", "/dueAt", "/id", "/a~1b~0c",
            ])
        #expect(errors[0].detail == "must be 1 to 500 characters")
        #expect(errors.last?.detail == "is not known here")
    }

    @Test(arguments: [
        #"{}"#, #"{"name":null}"#, #"{"name":"a\u0000b"}"#, #"{"name":"a","status":null}"#,
        #"{"name":"a","boardId":null}"#, #"{"name":"a","description":"\u0000"}"#,
        #"{"name":"a","labels":["\u0000"]}"#, #"{"name":"a","assigneeId":"x\u0000"}"#, #"{"name":["a"]}"#,
        #"{"name":"a","labels":"x"}"#, #"{"name":"a","dueAt":1}"#, #"{"name":"a","createdBy":"root"}"#,
    ])
    func `what can't be is refused`(_ json: String) {
        guard case .invalid(let errors) = draftError(json) else {
            Issue.record("not refused: \(json)")
            return
        }
        #expect(errors.count == 1)
    }

    @Test func `lengths are counted in Unicode scalars, up to the limit`() throws {
        func draft(_ member: String, _ text: String) -> BoardError? {
            var object = JSONObject()
            object["name"] = .string("a")
            object[member] = .string(text)
            return error { _ = try TaskDraft(object) }
        }
        #expect(draft("name", String(repeating: "é", count: 500)) == nil)
        #expect(draft("name", String(repeating: "é", count: 501)) != nil)
        #expect(draft("name", "e" + String(repeating: "\u{301}", count: 500)) != nil)
        #expect(draft("description", String(repeating: "日", count: 20_000)) == nil)
        #expect(draft("description", String(repeating: "a", count: 20_001)) != nil)
        #expect(draft("assigneeId", String(repeating: "é", count: 127)) == nil)
        #expect(draft("assigneeId", String(repeating: "é", count: 128)) != nil)
    }

    @Test func `50 labels of 100 characters are taken, more or longer are not`() {
        func draft(_ count: Int, _ length: Int) -> BoardError? {
            var object = JSONObject()
            object["name"] = .string("a")
            object["labels"] = .array(
                (0..<count).map { .string(String(repeating: "x", count: length - 2) + String($0 + 10)) })
            return error { _ = try TaskDraft(object) }
        }
        #expect(draft(50, 100) == nil)
        #expect(draft(51, 10) != nil)
        #expect(draft(1, 101) != nil)
    }

    @Test(arguments: [" ", "\u{A0}", "\u{3000}", "\u{200B}", "\u{FEFF}", "\u{3164}", "\u{2800}", "\u{7}", "\u{E0020}"])
    func `a name has something to see`(blank: String) {
        for name in [blank, blank + blank] {
            var object = JSONObject()
            object["name"] = .string(name)
            #expect(error { _ = try TaskDraft(object) } != nil)
            #expect(error { _ = try TaskPatch(object) } != nil)
            object["name"] = .string(name + "a")
            #expect(error { _ = try TaskDraft(object) } == nil)
        }
    }

    @Test(arguments: ["購物", "\u{5D0}", "e\u{301}", "👩‍👩‍👧", "\u{1F1E9}\u{1F1EA}", "\u{10FFFF}", "\u{E000}", "~", "0"])
    func `a name may be of any script, also of one that Unicode does not have yet`(name: String) {
        #expect(error { _ = try TaskDraft(object(#"{"name":"\#(name)"}"#)) } == nil)
    }

    @Test(arguments: [
        ("2026-01-15", "2026-01-15T00:00:00.000Z"), ("2026-01-15T10:30", "2026-01-15T10:30:00.000Z"),
        ("2026-01-15T10:30:00", "2026-01-15T10:30:00.000Z"), ("2026-01-15T10:30:00+0000", "2026-01-15T10:30:00.000Z"),
        ("2026-01-15 10:30:00.5 -02", "2026-01-15T12:30:00.500Z"), ("2026-01-15T10:30Z", "2026-01-15T10:30:00.000Z"),
    ])
    func `a task is due on a day, or at a time as others write it`(text: String, time: String) throws {
        let draft = try TaskDraft(object(#"{"name":"a","dueAt":"\#(text)"}"#))
        #expect(draft.dueAt?.description == time)
    }

    @Test(arguments: [
        "2026-01", "2026-02-30", "2026-01-15T", "2026-01-15T1", "2026-01-15T10:3", "2026-01-15T10:30:", "2026-01-15 ",
        "2026-01-15T10:30:00  +0000", "2026-01-15T10:30:00+", "2026-01-15T10:30:00+00000", "2026/01/15", "15.01.2026",
        "2026-01-15T10:30:00:00", "２０２６-01-15", "2026-01-15T10:30:00 UTC", "0000-00-00",
    ])
    func `what is no day and no time is refused`(text: String) {
        #expect(error { _ = try TaskDraft(object(#"{"name":"a","dueAt":"\#(text)"}"#)) } != nil)
    }

    @Test func `null stands for the default`() throws {
        let draft = try TaskDraft(
            object(#"{"name":"a","description":null,"priority":null,"assigneeId":null,"labels":null,"dueAt":null}"#))
        #expect(draft.description == "" && draft.priority == .medium && draft.assignee == nil)
        #expect(draft.labels == [] && draft.dueAt == nil && draft.board == .main && draft.status == nil)
    }

    @Test(arguments: ["nonsense", "Name"])
    func `a patch refuses what no task has`(_ member: String) {
        var json = JSONObject()
        json[member] = .null
        #expect(error { _ = try TaskPatch(json) } != nil)
    }

    @Test func `a patch tells absent from null`() throws {
        let patch = try TaskPatch(object(#"{"assigneeId":null}"#))
        #expect(patch.assignee == .some(nil) && patch.dueAt == nil && patch.name == nil)
        #expect(error { _ = try TaskPatch(object(#"{"name":null,"status":null}"#)) } != nil)
    }

    @Test func `a move names a status, and a task or null`() throws {
        #expect(try TaskMove(object(#"{"status":"done"}"#)).after == nil)
        #expect(try TaskMove(object(#"{"status":"done","after":null}"#)).after == nil)
        #expect(try TaskMove(object(#"{"status":"done","after":7}"#)).after == 7)
        for json in [#"{}"#, #"{"after":1}"#, #"{"status":"done","after":"7"}"#, #"{"status":"done","after":1.5}"#] {
            #expect(error { _ = try TaskMove(object(json)) } != nil)
        }
    }

    @Test func `a board has an id, and statuses that differ`() throws {
        let draft = try BoardDraft(object(#"{"id":"b-1"}"#))
        #expect(draft.name == "b-1" && draft.columns.map(\.id) == Board.defaultStatuses)
        for json in [
            #"{}"#, #"{"id":"B"}"#, #"{"id":"b","statuses":[]}"#, #"{"id":"b","statuses":["a","a"]}"#,
            #"{"id":"b","statuses":["A"]}"#, #"{"id":"b","statuses":[1]}"#, #"{"id":"b","name":""}"#,
            #"{"id":"b","version":1}"#,
        ] {
            #expect(error { _ = try BoardDraft(object(json)) } != nil)
        }
    }

    @Test(arguments: [
        (#"[]"#, "/columns"), (#""a""#, "/columns"), (#"["a"]"#, "/columns/0"), (#"[{}]"#, "/columns/0/name"),
        (#"[{"name":""}]"#, "/columns/0/name"), (#"[{"name":"\u3000"}]"#, "/columns/0/name"),
        (#"[{"name":7}]"#, "/columns/0/name"), (#"[{"id":"A b"}]"#, "/columns/0/id"),
        (#"[{"id":"a"},{"id":"b"},{"id":"a"}]"#, "/columns/2/id"), (#"[{"id":"a","limit":0}]"#, "/columns/0/limit"),
        (#"[{"id":"a","limit":1.5}]"#, "/columns/0/limit"), (#"[{"id":"a","limit":"3"}]"#, "/columns/0/limit"),
        (#"[{"id":"a","limit":100001}]"#, "/columns/0/limit"), (#"[{"id":"a","wip":3}]"#, "/columns/0/wip"),
    ])
    func `columns that can't be are refused, with where`(columns: String, pointer: String) {
        for error in [
            error({ _ = try BoardDraft(object(#"{"id":"b","columns":\#(columns)}"#)) }),
            error({ _ = try BoardPatch(object(#"{"columns":\#(columns)}"#)) }),
        ] {
            guard case .invalid(let errors) = error else { Issue.record("taken: \(columns)"); continue }
            #expect(errors.map(\.pointer) == [pointer])
        }
    }

    @Test func `a board gets either statuses or columns, or both if they agree`() throws {
        let names = try BoardDraft(object(#"{"id":"b","columns":[{"name":"To Do"},{"name":"To do"},{"name":"🚀 Go"}]}"#))
        #expect(names.columns.map(\.id) == ["to_do", "to_do-2", "go"])
        let scripts = try BoardDraft(object(#"{"id":"b","columns":[{"name":"購物"},{"name":"Größe"},{"name":"?"}]}"#))
        #expect(scripts.columns.map(\.id) == ["column", "column-2", "column-3"])
        let statuses = try BoardDraft(object(#"{"id":"b","statuses":["in_progress","a-b","_"]}"#))
        #expect(statuses.columns.map(\.name) == ["In progress", "A b", "_"])
        let both = try BoardDraft(object(#"{"id":"b","statuses":["a"],"columns":[{"id":"a","name":"B"}]}"#))
        #expect(both.columns == [StatusColumn(id: "a", name: "B")])
        #expect(error { _ = try BoardDraft(object(#"{"id":"b","statuses":["a"],"columns":[{"id":"b"}]}"#)) } != nil)
        #expect(try BoardDraft(object(#"{"id":"b","columns":null}"#)).columns.map(\.id) == Board.defaultStatuses)
        let long = String(repeating: "x", count: 100)
        let made = try BoardDraft(object(#"{"id":"b","columns":[{"name":"\#(long)"},{"name":"\#(long)"}]}"#))
        #expect(made.columns.allSatisfy { Board.isStatus($0.id) } && Set(made.columns.map(\.id)).count == 2)
    }

    private func draftError(_ json: String) -> BoardError? { error { _ = try TaskDraft(object(json)) } }

    private func error(_ body: () throws -> Void) -> BoardError? {
        do {
            try body()
            return nil
        } catch { return error as? BoardError }
    }
}
