import Events
import Testing

@Suite struct EventTypeTests {
    @Test(arguments: [
        "a.b", "task.created", "a.b.c.d.e", "0.1", "_._", "build_2.done", "x." + String(repeating: "y", count: 62),
    ])
    func `a type is two or more names with dots between`(text: String) {
        #expect(EventType(text)?.rawValue == text)
        #expect(EventType(text)?.description == text)
    }

    @Test(arguments: [
        "", ".", "..", "a", "task", "task.", ".created", "task..created", "a.b.", ".a.b", "Task.created",
        "task.Created",
        "task-x.created", "task.*", "*", "*.*", "task created", "task.created ", " task.created", "task.created\n",
        "task.created\r\n", "task\r\n.created", "task.\u{0}", "t\u{E1}sk.created", "task\u{FF0E}created",
        "task.cre\u{430}ted", "task.created\u{301}", "task,created", "task/created", "task.\u{661}", "\u{212A}.a",
        "x." + String(repeating: "y", count: 63),
    ])
    func `any other text is no type`(text: String) {
        #expect(EventType(text) == nil)
    }

    @Test func `the family is what stands before the first dot`() {
        #expect(EventType.taskStatusChanged.family == "task")
        #expect(EventType("a.b.c")?.family == "a")
        #expect(EventType.boardDeleted.family == "board")
    }

    @Test func `the gateway's own types are what the contract calls them`() {
        let types: [EventType] = [
            .taskCreated, .taskUpdated, .taskDeleted, .taskStatusChanged, .boardCreated, .boardUpdated, .boardDeleted,
            .presenceState, .presenceJoined, .presenceLeft,
        ]
        #expect(
            types.map(\.rawValue) == [
                "task.created", "task.updated", "task.deleted", "task.status_changed", "board.created",
                "board.updated", "board.deleted", "presence.state", "presence.joined", "presence.left",
            ])
        for type in types {
            #expect(EventType(type.rawValue) == type)
            #expect(EventType.reservedFamilies.contains(type.family))
        }
    }

    @Test func `typing is the one name without a dot, and no text makes it`() {
        #expect(EventType.typing.rawValue == "typing")
        #expect(EventType("typing") == nil)
        #expect(EventType.reservedFamilies.contains(EventType.typing.family))
    }

    @Test(arguments: ["task", "board", "job", "stream", "connection", "presence", "typing", "token", "init"])
    func `whatever the gateway says itself is in a reserved family`(family: String) throws {
        let type = try #require(EventType(family + ".anything.at.all"))
        #expect(EventType.reservedFamilies.contains(type.family))
    }

    @Test(arguments: ["tasks.created", "my.task", "task_x.created", "taskcreated.x", "invoice.paid"])
    func `a family that only looks like a reserved one is free`(text: String) throws {
        #expect(!EventType.reservedFamilies.contains(try #require(EventType(text)).family))
    }
}

@Suite struct TypeFilterTests {
    private func wanted(_ list: String, of types: [String]) throws -> [String] {
        let filter = try #require(TypeFilter(list: list))
        return try types.filter { filter.wants(try #require(EventType($0))) }
    }

    @Test func `a name takes itself and nothing else`() throws {
        #expect(
            try wanted(
                "task.created", of: ["task.created", "task.updated", "task.created.x", "task.create", "x.task.created"])
                == ["task.created"])
    }

    @Test func `a family takes what lies in it at any depth`() throws {
        #expect(
            try wanted("a.*", of: ["a.b", "a.b.c", "a.b.c.d", "ab.c", "b.a", "b.a.c"]) == ["a.b", "a.b.c", "a.b.c.d"])
        #expect(
            try wanted("a.b.*", of: ["a.b", "a.b.c", "a.b.c.d", "a.bc.d", "a.c.b", "b.c"]) == ["a.b.c", "a.b.c.d"])
        #expect(try wanted("a.b.c.*", of: ["a.b.c", "a.b.c.d", "a.b.d"]) == ["a.b.c.d"])
    }

    @Test func `names and families can stand side by side`() throws {
        #expect(
            try wanted(
                "task.*,board.deleted,x.y", of: ["task.created", "board.created", "board.deleted", "x.y", "x.y.z"])
                == ["task.created", "board.deleted", "x.y"])
        #expect(try wanted("a.b,a.b,a.*", of: ["a.b", "a.c", "b.a"]) == ["a.b", "a.c"])
    }

    @Test func `typing can be asked for by its bare name, and by that alone`() throws {
        #expect(try #require(TypeFilter(list: "typing")).wants(.typing))
        #expect(try #require(TypeFilter(list: "task.*,typing,presence.*")).wants(.typing))
        #expect(try wanted("typing", of: ["typing.a", "task.created", "presence.state"]) == [])
        for list in ["typing.*", "task.*", "typing.a"] { #expect(try !#require(TypeFilter(list: list)).wants(.typing)) }
        for list in ["typing.", "typing ", " typing", "Typing", "typin", "typing\r\n", "typing\u{301}"] {
            #expect(TypeFilter(list: list) == nil)
        }
        #expect(TypeFilter.everything.wants(.typing))
    }

    @Test func `everything takes everything`() throws {
        #expect(TypeFilter.everything.wantsEverything)
        #expect(TypeFilter.everything.wants(.taskCreated))
        #expect(TypeFilter.everything.wants(try #require(EventType("a.b.c.d"))))
        #expect(try #require(TypeFilter(list: "task.*")).wantsEverything == false)
    }

    @Test(arguments: [
        ",", "task.created,", ",task.created", "task.created,,task.deleted", "task", "*", "*.*", ".*", "task.*.*",
        "*.created", "task.*.created", "task.**", "task*", "task.created.*x", "Task.*", "task.* ", " task.*",
        "task.*, board.*", "task.created;board.created", "task.*\n", "task.\u{0}*", "t\u{E1}sk.*", "task.\u{FF0A}",
        "task.*\u{301}", "task.*,\u{301}board.*", "task.*,\r\nboard.*", "%2A",
    ])
    func `a list with anything else in it is refused as a whole`(list: String) {
        #expect(TypeFilter(list: list) == nil)
    }

    @Test func `a list has 64 items at most`() {
        let items = (0..<65).map { "a.b\($0)" }
        #expect(TypeFilter(list: items.dropLast().joined(separator: ",")) != nil)
        #expect(TypeFilter(list: items.joined(separator: ",")) == nil)
        #expect(TypeFilter(list: String(repeating: ",", count: 1_000_000)) == nil)
    }

    @Test(arguments: 1...62)
    func `every family that a type can have can be asked for`(length: Int) throws {
        let family = String(repeating: "f", count: length)
        let type = try #require(EventType(family + ".x"))
        #expect(TypeFilter(list: family + ".*")?.wants(type) == true)
    }

    @Test func `filters that ask for the same are equal, so that connections can share a list`() {
        #expect(TypeFilter(list: "a.b,c.*") == TypeFilter(list: "c.*,a.b,a.b"))
        #expect(TypeFilter(list: "a.b") != TypeFilter(list: "a.*"))
    }
}
