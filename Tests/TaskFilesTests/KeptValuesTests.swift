import Boards
import Events
import Testing

@testable import TaskFiles

/// What a row has besides the fields of a task is kept, and where its table begins is found.
@Suite struct KeptValuesTests {
    private func row(_ text: String) throws -> (draft: TaskDraft, notes: [ImportNote]) {
        let found = try rows(of: text)
        try #require(found.count == 1)
        return (try #require(found[0].draft), found[0].notes)
    }

    @Test func `fields beyond the header are in the description`() throws {
        let (draft, notes) = try row("Name;Notes\nA;d;x; ;y, z\n")
        #expect(draft.description == "d\n\n(no column): x, y, z" && notes == [.kept("(no column)")])
        #expect(try row("Name;Status;;\nA;Done;;;;\n").notes == [])
        let untitled = try row(",Name\n7,A\n")
        #expect(untitled.draft.description == "(no column): 7")
    }

    @Test func `of two columns that mean the same neither is lost`() throws {
        let (draft, notes) = try row(
            "Title,Name,Status,State,Priority,Prio,Due,Deadline\nA,B,Done,Someday,High,low,2026-01-15,2026-02-01\n")
        #expect(draft.name == "A" && draft.status == "done" && draft.priority == .high)
        #expect(draft.description == "Name: B\nState: Someday\nPrio: low\nDeadline: 2026-02-01")
        #expect(notes == [.kept("Name"), .kept("State"), .kept("Prio"), .kept("Deadline")])
        #expect(try row("Title,Name\nA,A\n").notes == [])
        #expect(try row("Notes,Name,Description\nd,A,e\n").draft.description == "d\n\ne")
    }

    @Test func `Todoist's deadline is the due date when the date can't be read`() throws {
        let (draft, notes) = try row(
            "TYPE,CONTENT,DATE,DATE_LANG,DEADLINE\ntask,Bake,every day,en,2026-02-01\n")
        #expect(draft.dueAt?.description == "2026-02-01T00:00:00.000Z" && notes == [.unknown(.date, "every day")])
        let both = try row("TYPE,CONTENT,DATE,DEADLINE\ntask,Bake,2026-01-15,2026-02-01\n")
        #expect(both.draft.dueAt?.description == "2026-01-15T00:00:00.000Z" && both.notes == [.kept("DEADLINE")])
    }

    @Test(
        arguments: [
            ("Assignees,Name\n\"ann, bo, cy\",A\n", "ann", "Assignees: bo, cy"),
            ("Assigned To,Name\n\"Example, Ann; Example, Bo\",A\n", "Example, Ann", "Assigned To: Example, Bo"),
            ("Assignee,Name\n\"Example, Ann\",A\n", "Example, Ann", ""),
            ("Assignee,Name\n\"ann\nbo\",A\n", "ann", "Assignee: bo"),
            ("Assign,Name\n\"Ann Example, Bo Example\",A\n", "Ann Example", "Assign: Bo Example"),
            ("Members,Assignee,Name\n\"ann, bo\",bo,A\n", "bo", "Members: ann"),
            ("Owner,Name\nann,A\n", "ann", ""), ("Name,Assignee,Assignee Id\nA,Ann,a1\n", "Ann", ""),
            ("Name,Assignees\nA,\"ann,ann\"\n", "ann", ""),
        ])
    func `the first of several people is the assignee, and the others are in the description`(
        text: String, assignee: String, description: String
    ) throws {
        let (draft, notes) = try row(text)
        #expect(draft.assignee?.rawValue == assignee && draft.description == description)
        #expect(notes.isEmpty == description.isEmpty)
    }

    @Test func `who owns a card is not who does it, where somebody else is named`() throws {
        let file = try TaskFile(Array("Title,Owner,Members,Assignees\nA,cy,ann,bo\n".utf8))
        let draft = try #require(rows(of: file)[0].draft)
        #expect(draft.assignee?.rawValue == "bo" && draft.description == "Members: ann")
        #expect(file.ignoredColumns == ["Owner"])
    }

    @Test(
        arguments: [
            ("\"May 3, 2024\"", "2024-05-03T00:00"), ("\"May 1, 2024 → May 3, 2024\"", "2024-05-03T00:00"),
            ("\"May 1, 2024 9:00 AM (UTC) → May 3, 2024 5:30 PM (UTC)\"", "2024-05-03T17:30"),
            ("\"May 1, 2024 9:00 AM → 11:30 AM\"", "2024-05-01T11:30"), ("2024/05/01 → 2024/05/03", "2024-05-03T00:00"),
        ])
    func `Notion's date is the due date, and of a range its end`(date: String, due: String) throws {
        let (draft, notes) = try row("Name,Tags,Date\nA,,\(date)\n")
        #expect(draft.dueAt.map { String($0.description.prefix(16)) } == due && notes == [])
    }

    @Test func `a date is none that is due where another column is`() throws {
        let file = try TaskFile(Array("Name,Date,Due\nA,2024-05-01,2024-06-01\n".utf8))
        #expect(rows(of: file)[0].draft?.dueAt?.description == "2024-06-01T00:00:00.000Z")
        #expect(file.ignoredColumns == ["Date"])
        for range in ["May 1, 2024 → soon", "→", "May 1, 2024 →", "x → 11:30 AM"] {
            #expect(DateReader.date(range) == nil || range.hasSuffix("→"), "\(range)")
        }
    }

    @Test(arguments: [
        "Exported on;2024-05-01\nName;Status\nA;Done\n", "Project,Web\nOwner,Ann\n\nName,Status,Due\nA,Done,\n",
        "Title;Web board\n\nName;Status;Labels\nA;Done;\n", "Board\nExported;2024-05-01;10:30\nStatus;Name\nDone;A\n",
        "Report\tTasks\tMay\nx\ty\tz\nTitle\tStatus\tDue date\nA\tDone\t\n",
    ])
    func `lines before the header are passed over`(text: String) throws {
        let (draft, notes) = try row(text)
        #expect(draft.name == "A" && draft.status == "done" && notes == [])
    }

    @Test func `a row is never taken for the header`() throws {
        #expect(try rows(of: "Name,Estimate\nTask,Status\nTitle,3\n").map { $0.draft?.name } == ["Task", "Title"])
        #expect(try rows(of: "Name\nTask\nStatus\n").count == 2)
        for text in ["Ticket,Status,Owner\nFix,Done,Bo\nTask,Todo,Ann\n", "a,b\nname,c\n"] {
            #expect(throws: TaskFileError.noNameColumn) { try TaskFile(Array(text.utf8)) }
        }
    }

    @Test(
        arguments: [
            ("PK\u{3}\u{4}" + String(repeating: "\0", count: 26) + "[Content_Types].xml", "Excel"),
            ("PK\u{3}\u{4}" + String(repeating: "\0", count: 26) + "xl/workbook.xml", "Excel"),
            (
                "PK\u{3}\u{4}" + String(repeating: "\0", count: 26)
                    + "mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "OpenDocument"
            ),
            ("PK\u{3}\u{4}" + String(repeating: "\0", count: 26) + "Index/Document.iwa", "Numbers"),
            ("PK\u{3}\u{4}" + String(repeating: "\0", count: 26) + "board.csv", "ZIP"), ("PK\u{5}\u{6}", "ZIP"),
        ])
    func `a workbook is refused with the way out`(text: String, word: String) {
        let error = #expect(throws: TaskFileError.self) { try TaskFile(Array(text.utf8)) }
        #expect(error?.description.contains(word) == true && error?.description.contains("CSV") == true)
    }
}
