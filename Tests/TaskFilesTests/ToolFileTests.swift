import Boards
import Events
import Testing

@testable import TaskFiles

/// Tables with the headers that the usual tools write.
@Suite struct ToolFileTests {
    private struct Card: Equatable {
        var name: String
        var status = "inbox"
        var description = ""
        var priority = Priority.medium
        var assignee: String?
        var labels: [String] = []
        var due: String?
    }

    private func cards(_ rows: [ImportRow]) throws -> [Card] {
        try rows.map { row in
            let draft = try #require(row.draft, "row \(row.number): \(row.reason ?? "")")
            return Card(
                name: draft.name, status: draft.status ?? "", description: draft.description, priority: draft.priority,
                assignee: draft.assignee?.rawValue, labels: draft.labels,
                due: draft.dueAt.map { String($0.description.prefix(16)) })
        }
    }

    private func cards(_ text: String) throws -> [Card] { try cards(rows(of: text)) }

    @Test func `Jira, whose columns come again and again`() throws {
        let header =
            "Issue Type,Issue key,Issue id,Summary,Assignee,Assignee Id,Reporter,Priority,Status,Created,"
            + "Due date,Labels,Labels,Labels,Description,Sprint,Sprint,Comment,Comment\n"
        let found = try cards(
            header + "Bug,AB-1,10001,Login fails,Ann Example,a1,Bo,Highest,In Progress,15/Jan/26 9:30 AM,"
                + "20/Jan/26 12:00 AM,ui,login,ui,\"It fails\nalways\",S1,S2,c1,c2\n"
                + "Task,AB-2,10002,New logo,,a2,Bo,Lowest,Done,15/Jan/26 9:30 AM,,,,,,,,,\n")
        #expect(
            found == [
                Card(
                    name: "Login fails", status: "in_progress", description: "It fails\nalways", priority: .urgent,
                    assignee: "Ann Example", labels: ["ui", "login"], due: "2026-01-20T00:00"),
                Card(name: "New logo", status: "done", priority: .low, assignee: "a2"),
            ])
        let wide = (0..<900).map { _ in "Comment" }.joined(separator: ",")
        #expect(try cards("\(wide),Summary\n" + String(repeating: ",", count: 900) + "Last\n") == [Card(name: "Last")])
    }

    @Test func `Linear`() throws {
        let header =
            "ID,Team,Title,Description,Status,Estimate,Priority,Project ID,Project,Creator,Assignee,Labels,"
            + "Cycle Number,Cycle Name,Cycle Start,Cycle End,Created,Updated,Started,Triaged,Completed,Canceled,"
            + "Archived,Due Date,Parent issue,Initiatives\n"
        let rows = try rows(
            of: header + "ENG-1,Eng,Fix,d,In Progress,,No priority,,,bo,ann@example.com,\"bug, ui\",,,,,,,,,,,,"
                + "Thu Jan 15 2026 00:00:00 GMT+0000 (GMT),,\nENG-2,Eng, New ,,Done,,Urgent,,,bo,,,,,,,,,,,,,,2026-01-16,,\n"
        )
        #expect(
            try cards(rows) == [
                Card(
                    name: "Fix", status: "in_progress", description: "d", assignee: "ann@example.com",
                    labels: ["bug", "ui"], due: "2026-01-15T00:00"),
                Card(name: "New", status: "done", priority: .urgent, due: "2026-01-16T00:00"),
            ])
        #expect(rows.map(\.notes) == [[.unknown(.priority, "No priority")], []])
    }

    @Test func `Asana`() throws {
        let header =
            "Task ID,Created At,Completed At,Last Modified,Name,Section/Column,Assignee,Assignee Email,"
            + "Start Date,Due Date,Tags,Notes,Projects,Parent task\n"
        let found = try cards(
            "\u{FEFF},,\n,,\n" + header
                + "1,2026-01-02,,2026-01-03,Brief,In progress,Ann Example,ann@example.com,,01/15/2026,\"a,b\",Some notes,Web,\n"
                + "2,2026-01-02,,2026-01-03,Call,Done,,,,02/03/2026,,,Web,\n")
        #expect(
            found == [
                Card(
                    name: "Brief", status: "in_progress", description: "Some notes", assignee: "Ann Example",
                    labels: ["a", "b"], due: "2026-01-15T00:00"),
                Card(name: "Call", status: "done", due: "2026-02-03T00:00"),
            ])
    }

    @Test func `Notion`() throws {
        let found = try cards(
            "\u{FEFF}Task name,Status,Assign,Due date,Priority,Tags\n"
                + "Plan,In progress,Ann Example,\"January 15, 2026\",🔥 High,\"Web, Print\"\n")
        #expect(
            found == [
                Card(
                    name: "Plan", status: "in_progress", priority: .high, assignee: "Ann Example",
                    labels: ["Web", "Print"], due: "2026-01-15T00:00")
            ])
    }

    @Test func `Todoist, whose rows have types`() throws {
        let file = try TaskFile(
            Array(
                ("\u{FEFF}TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE\n"
                    + "meta,view_style=list,,,,,,,,\ntask,Buy milk,Two litres,1,1,Ann (1),Bo (22),15 Jan 2026,en,\n"
                    + "note,a comment,,,,Ann (1),,,,\n,,,,,,,,,\nsection,In Progress,,,,,,,,\n"
                    + "task,Bake,,4,1,Ann (1),,every day,en,\nnew_type,Still a card,,,,,,,,\n").utf8))
        let found = rows(of: file)
        #expect(
            try cards(found) == [
                Card(
                    name: "Buy milk", description: "Two litres", priority: .urgent, assignee: "Bo",
                    due: "2026-01-15T00:00"),
                Card(name: "Bake", status: "in_progress", priority: .low),
                Card(name: "Still a card", status: "in_progress"),
            ])
        #expect(found.map(\.number) == [3, 7, 8] && found[1].notes == [.unknown(.date, "every day")])
        #expect(file.leftOut == [.comments: 1] && file.lists == ["In Progress"])
    }

    @Test func `GitHub Projects, with tabs`() throws {
        let found = try cards(
            "Title\tURL\tAssignees\tStatus\tLabels\tPriority\nFix it\thttps://example.com/1\tann, bo\tDone\tbug, ui\tP0\n"
        )
        #expect(
            found == [
                Card(
                    name: "Fix it", status: "done", description: "Assignees: bo", priority: .urgent, assignee: "ann",
                    labels: ["bug", "ui"])
            ])
    }

    @Test func `Trello's table`() throws {
        let file = try TaskFile(
            Array(
                ("Card ID,Card Name,Card URL,Card Description,Labels,Members,Due Date,List ID,List Name,Board ID,Archived\n"
                    + "c1,Plan,u,desc,\"Bug (red),(blue_dark),Wine (white)\",ann,2026-01-15T10:00:00.000Z,l1,Done,b1,false\n"
                    + "c2,Old,u,,,,,l1,Done,b1,true\n").utf8))
        #expect(
            try cards(rows(of: file)) == [
                Card(
                    name: "Plan", status: "done", description: "desc", assignee: "ann",
                    labels: ["Bug", "blue_dark", "Wine (white)"], due: "2026-01-15T10:00")
            ])
        #expect(file.archived == 1)
    }

    @Test func `Wekan's table`() throws {
        let header =
            #""Title","Description","List","Swimlane","Owner","Requested By","Assigned By","Members","Assignee","Labels","#
            + #""Start","Due","End","Overtime","Spent time (hours)","Created at","Last modified at","Last activity","#
            + #""Voting","Archived","CustomField-Size-text""# + "\r\n"
        let file = try TaskFile(
            Array(
                (header
                    + #""Plan","'=d","In progress","Default","root"," "," ","ann bo","cy","Bug-red In doubt-blue -green","#
                    + #"" ","2026-01-15T10:00:00.000Z"," ","false","0",""," "," "," ","false","L""# + "\r\n"
                    + #""Call","","Done","Default","root"," "," ","ann bo",""," "," "," "," ","false","0",""," "," "," ","#
                    + #""false"," ""# + "\r\n"
                    + #""Old","","Done","Default","root"," "," ","","",""," "," "," ","false","0",""," "," "," ","true"," ""#
                    + "\r\n").utf8))
        #expect(
            try cards(rows(of: file)) == [
                Card(
                    name: "Plan", status: "in_progress", description: "=d\n\nMembers: ann, bo", assignee: "cy",
                    labels: ["Bug", "In doubt", "green"], due: "2026-01-15T10:00"),
                Card(name: "Call", status: "done", description: "Members: bo", assignee: "ann"),
            ])
        #expect(file.archived == 1 && file.ignoredColumns.contains("Owner"))
    }

    @Test func `ClickUp, where there is nothing`() throws {
        let rows = try rows(
            of: "Task Name,Task Content,Status,Due Date,Priority,List Name\nOffer,null,Done,null,null,Web\n")
        #expect(try cards(rows) == [Card(name: "Offer", status: "done")] && rows[0].notes == [])
    }

    @Test func `a column that comes often is told of once`() throws {
        let comments = String(repeating: "Comment,", count: 40)
        let file = try TaskFile(Array("\(comments)Sprint,Summary\n\(String(repeating: ",", count: 41))A\n".utf8))
        #expect(file.ignoredColumns == ["Comment", "Sprint"] && file.count == 1)
    }

    @Test func `Planner, from its workbook`() throws {
        let found = try cards(
            "Task ID,Task Name,Bucket Name,Progress,Priority,Assigned To,Created By,Created Date,"
                + "Due Date,Labels,Description\n"
                + "1,Offer,Review,Not started,Important,Ann Example;Bo Example,Bo,01/02/2026,01/20/2026,Red;Blue,d\n")
        #expect(
            found == [
                Card(
                    name: "Offer", status: "review", description: "d\n\nAssigned To: Bo Example", priority: .high,
                    assignee: "Ann Example",
                    labels: ["Red", "Blue"], due: "2026-01-20T00:00")
            ])
    }

    @Test func `ClickUp`() throws {
        let found = try cards(
            "Task Type,Task ID,Task Name,Task Content,Status,Date Created,Due Date,Assignees,Tags,Priority,List Name\n"
                + "Task,1,Offer,Two pages,in progress,1768000000000,1768473000000,\"[Ann,Bo]\",\"[a, b]\",2,Web\n")
        #expect(
            found == [
                Card(
                    name: "Offer", status: "in_progress", description: "Two pages\n\nAssignees: Bo", priority: .high,
                    assignee: "Ann",
                    labels: ["a", "b"], due: "2026-01-15T10:30")
            ])
    }

    @Test func `GitLab, Redmine and Azure DevOps`() throws {
        #expect(
            try cards(
                "Title,Description,Issue ID,State,Assignee,Due Date,Labels\nFix,d,1,Done,Bo,2026-01-15,\"bug,ui\"\n")
                == [
                    Card(
                        name: "Fix", status: "done", description: "d", assignee: "Bo", labels: ["bug", "ui"],
                        due: "2026-01-15T00:00")
                ])
        #expect(
            try cards("#,Project,Tracker,Status,Priority,Subject,Assignee\n1,Web,Bug,Review,Immediate,Fix,Bo\n")
                == [Card(name: "Fix", status: "review", priority: .urgent, assignee: "Bo")])
        #expect(
            try cards("ID,Work Item Type,Title,Assigned To,State,Tags\n1,Bug,Fix,Bo <bo@example.com>,Done,a; b\n")
                == [Card(name: "Fix", status: "done", assignee: "Bo <bo@example.com>", labels: ["a", "b"])])
    }

    @Test(arguments: [
        "Name;Status\nÄpfel;Done\n", "sep=;\r\nName;Status\r\nÄpfel;Done\r\n", "\"sep=,\"\nName,Status\nÄpfel,Done\n",
        "Name\tStatus\nÄpfel\tDone\n", "sep=|\nName|Status\nÄpfel|Done", "\n\n;;\n;\nName;Status;\n Äpfel ; Done ;;\n",
        "My tasks\n\nName,Status\nÄpfel,Done\n", "Status,Name,Title\nDone,,Äpfel\n", "content,status\nÄpfel,done\n",
        "\"Name\";\"Status\"\n\"Äpfel\";\"Done\"\n",
    ])
    func `separator, line of it, titles and spacers are found by looking`(text: String) throws {
        #expect(try cards(text) == [Card(name: "Äpfel", status: "done")])
    }

    @Test func `titles in other languages`() throws {
        #expect(
            try cards("Aufgabe;Status;Priorität;Fällig am;Zugewiesen an\nÄpfel;Done;High;15.01.2026;Ann\n")
                == [Card(name: "Äpfel", status: "done", priority: .high, assignee: "Ann", due: "2026-01-15T00:00")])
        #expect(
            try cards("Título;Descripción;Estado\nA;d;Review\n")
                == [Card(name: "A", status: "review", description: "d")])
        #expect(
            try cards("Tâche;État;Étiquettes\nA;Done;a, b\n") == [Card(name: "A", status: "done", labels: ["a", "b"])])
    }

    @Test func `an own field of a description is none of a name`() throws {
        #expect(try cards("Name,Content\nA,words\n") == [Card(name: "A", description: "words")])
        #expect(try cards("name;notes\n\"a;b\";\"x\n;y\"\n") == [Card(name: "a;b", description: "x\n;y")])
    }

    @Test func `a field of very many labels, or of one that is very long, costs no more than others`() throws {
        let many = (0..<20_000).map { "l\($0)" }
        for text in [
            many.joined(separator: ","), many.joined(separator: ";"), String(repeating: "x", count: 128 << 10),
        ] {
            let row = try rows(of: "name,labels\na,\"\(text)\"\nb,;\n")[0]
            #expect(1...50 ~= (row.draft?.labels.count ?? 0) && row.notes.contains(.cut(.label)))
        }
    }

    @Test func `texts that are too long are cut, and the name is kept in full`() throws {
        let name = String(repeating: "n", count: 600)
        let label = String(repeating: "l", count: 120)
        let labels = (0..<60).map { "l\($0)" }.joined(separator: ",")
        let rows = try rows(
            of:
                "name,description,labels,assignee\n\(name),d,\(label),\(name)\nb,\(String(repeating: "d", count: 200_000)),\"\(labels)\",\n"
        )
        let first = try #require(rows[0].draft)
        #expect(first.name == String(repeating: "n", count: 499) + "…" && first.description == name + "\n\nd")
        #expect(first.labels == [String(repeating: "l", count: 99) + "…"] && first.assignee == nil)
        #expect(
            rows[0].notes == [.unknown(.assignee, String(name.prefix(64))), .cut(.name), .cut(.label)])
        let second = try #require(rows[1].draft)
        #expect(second.description.unicodeScalars.count == 20_000 && second.labels.count == 50)
        #expect(rows[1].notes == [.cut(.row), .cut(.description), .cut(.label)])
    }
}
