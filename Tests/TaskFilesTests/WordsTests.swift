import Boards
import Events
import Testing

@testable import TaskFiles

@Suite struct WordsTests {
    @Test(
        arguments: [
            ("Highest", .urgent), ("Blocker", .urgent), ("Critical", .urgent), ("urgent", .urgent), ("P0", .urgent),
            ("High", .high), ("Major", .high), ("Important", .high), ("P1", .high), ("1 - High", .high),
            ("🔴 High", .high),
            ("Normal", .medium), ("MEDIUM", .medium), ("P2: Medium", .medium), ("Low", .low), ("Lowest", .low),
            ("Minor", .low), ("Trivial", .low),
        ] as [(String, Priority)])
    func `priorities are known by the words of the usual tools`(word: String, priority: Priority) {
        #expect(PriorityWords.priority(word) == priority)
    }

    @Test func `numbers are priorities where the tool counts so`() {
        #expect((1...4).map { PriorityWords.priority("\($0)", isOneHighest: true) } == [.urgent, .high, .medium, .low])
        for word in ["1", "4", "No priority", "not urgent", "low or high", "asap", "", "5"] {
            #expect(PriorityWords.priority(word) == nil, "\(word)")
        }
        #expect(PriorityWords.priority("5", isOneHighest: true) == nil)
    }

    @Test func `a list of any script has a status, always the same`() {
        let names = [
            ("In Progress", "in_progress"), ("Idées", "idees"), ("Übung & Spaß!", "ubung_spass"),
            ("В работе", "v_rabote"),
            ("Σχέδιο", "schedio"), (" To-Do ", "to-do"), ("Sprint 12", "sprint_12"), ("Żółć", "zolc"), ("!Now", "now"),
        ]
        for (name, status) in names { #expect(StatusName.status(for: name) == status) }
        let made = ["購物", "学校", "", "🎉", "購物 list"].map { StatusName.status(for: $0) }
        #expect(Set(made).count == 5 && made.allSatisfy { $0.hasPrefix("list-") && Board.isStatus($0) })
        #expect(made[0] == StatusName.status(for: "購物"))
        #expect(StatusName.status(for: String(repeating: "long ", count: 40)).utf8.count <= 64)
    }

    @Test func `the lists that a board lacks are found, and then it has them`() {
        let columns = Board.defaultStatuses.map(StatusColumn.init(status:))
        let lists = ["Ideas", "IN PROGRESS", "購物", "Idées", "ideas", ""]
        let missing = StatusMap(.main, columns: columns, adding: lists).missing
        #expect(missing.map(\.id) == ["ideas", StatusName.status(for: "購物"), "idees"])
        #expect(missing.map(\.name) == ["Ideas", "購物", "Idées"])
        let statuses = StatusMap(.main, columns: columns + missing)
        #expect(StatusMap(.main, columns: columns + missing, adding: lists).missing == [])
        let matched = lists.map { statuses.match($0).status }
        #expect(matched == ["ideas", "in_progress", missing[1].id, "idees", "ideas", "inbox"])
        let many = StatusMap(.main, columns: columns + missing, adding: (0..<80).map { "list \($0)" })
        #expect(many.missing.count == 50 - 4 - missing.count)
        #expect(many.match("list 0").isKnown && !many.match("list 79").isKnown)
    }

    @Test(arguments: [
        ["été", "ete"], ["ete", "été"], ["Idées", "idees", "IDÉES"], ["mañana", "manana"],
        ["Größe", "Grosse", "groesse"],
        ["и", "і", "i"], ["!", "?", "!!"], [String(repeating: "a", count: 80), String(repeating: "a", count: 81)],
    ])
    func `lists whose names differ are columns of their own, now and in later imports`(lists: [String]) {
        let columns = Board.defaultStatuses.map(StatusColumn.init(status:))
        let first = StatusMap(.main, columns: columns, adding: lists)
        let distinct = Set(lists.map { $0.lowercased() }).count
        #expect(first.missing.count == distinct && Set(first.missing.map(\.id)).count == distinct)
        #expect(first.missing.allSatisfy { Board.isStatus($0.id) })
        #expect(Set(lists.map { first.match($0).status }).count == distinct)
        for order in [lists, lists.reversed()] {
            let again = StatusMap(.main, columns: columns + first.missing, adding: order)
            #expect(again.missing == [])
            for list in lists { #expect(again.match(list).status == first.match(list).status) }
        }
    }

    @Test func `the same name in two normal forms is one list`() {
        let columns = Board.defaultStatuses.map(StatusColumn.init(status:))
        #expect(StatusMap(.main, columns: columns, adding: ["\u{E9}t\u{E9}", "e\u{301}te\u{301}"]).missing.count == 1)
    }

    @Test func `columns of ours are found by their ids, whatever they are called`() throws {
        let file = try TaskFile(
            Array(
                #"""
                {"board":{"id":"b","columns":[{"id":"a","name":"Same","limit":3},{"id":"b","name":"Same","limit":null},
                 {"id":"in-progress","name":"In progress","limit":100001},{"id":"A B","name":"no"},{"id":"a","name":"twice"},5]},
                 "tasks":[{"name":"x","status":"b"},{"name":"y","status":"somewhere"}]}
                """#.utf8))
        #expect(
            file.columns == [
                StatusColumn(id: "a", name: "Same", limit: 3), StatusColumn(id: "b", name: "Same"),
                StatusColumn(id: "in-progress", name: "In progress"),
            ])
        #expect(file.lists == ["a", "b", "in-progress", "somewhere"])
        let columns = [StatusColumn(id: "x", name: "Same"), StatusColumn(id: "b", name: "Other")]
        let map = StatusMap(.main, columns: columns, adding: file.lists, file.columns)
        #expect(map.missing.map(\.id) == ["in-progress", "somewhere"])
        #expect(["a", "b"].map { map.match($0).status } == ["x", "b"])
    }
}
