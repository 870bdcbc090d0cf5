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
        let usual = StatusMap(.main, columns: columns)
        let lists = ["Ideas", "IN PROGRESS", "購物", "Idées", "ideas", ""]
        let missing = usual.missing(for: lists)
        #expect(missing.map(\.id) == ["ideas", StatusName.status(for: "購物"), "idees"])
        #expect(missing.map(\.name) == ["Ideas", "購物", "Idées"])
        let statuses = StatusMap(.main, columns: columns + missing)
        #expect(statuses.missing(for: lists) == [])
        let matched = lists.map { statuses.match($0).status }
        #expect(matched == ["ideas", "in_progress", missing[1].id, "idees", "ideas", "inbox"])
        #expect(statuses.missing(for: (0..<80).map { "list \($0)" }).count == 50 - 4 - missing.count)
    }
}
