import Testing

@testable import Client

@Suite struct ConnectionReportTests {
    private func page(_ ids: [String], next: String?) -> [UInt8] {
        let connections = ids.map {
            """
            {"id":"\($0)","userId":"user-\($0)","connectedAt":1,"duration":65000,"transport":"sse","boards":["main","side"],\
            "cursor":"4-9f03c1aa","lag":0,"queuedBytes":12,"sentEvents":3}
            """
        }
        let cursor = next.map { "\"\($0)\"" } ?? "null"
        return Array(
            #"{"totalConnections":3,"connections":[\#(connections.joined(separator: ","))],"rooms":2,"nextCursor":\#(cursor)}"#
                .utf8)
    }

    @Test func `pages are put together`() throws {
        var report = ConnectionReport()
        #expect(try report.add(page: page(["a", "b"], next: "5-b")) == "5-b")
        #expect(try report.add(page: page(["c"], next: nil)) == nil)
        #expect(report.json.hasPrefix(#"{"totalConnections":3,"connections":[{"id":"a","userId":"user-a""#))
        #expect(report.json.hasSuffix(#"}],"rooms":2,"nextCursor":null}"#))
        let lines = report.table.split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "USER    FOR   BY   BOARDS     CURSOR      LAG  QUEUED  SENT  CONNECTION",
                "user-a  65 s  sse  main,side  4-9f03c1aa  0    12      3     a",
                "user-b  65 s  sse  main,side  4-9f03c1aa  0    12      3     b",
                "user-c  65 s  sse  main,side  4-9f03c1aa  0    12      3     c", "3 connections, 2 rooms",
            ])
    }

    @Test func `nobody there is one line`() throws {
        var report = ConnectionReport()
        _ = try report.add(page: Array(#"{"totalConnections":0,"connections":[],"rooms":1,"nextCursor":null}"#.utf8))
        #expect(report.table == "0 connections, 1 room")
    }

    @Test func `the server is told in a last line`() throws {
        var report = ConnectionReport()
        _ = try report.add(page: Array(#"{"totalConnections":0,"connections":[],"rooms":0,"nextCursor":null}"#.utf8))
        report.add(
            server: Array(
                """
                {"version":"0.1.0 (abc)","startedAt":"2026-01-15T10:30:00.000Z","time":"2026-01-15T13:30:05.000Z",\
                "log":{"head":12,"oldest":3},"database":{"kind":"sqlite","bytes":12345678,"logBytes":4096}}
                """.utf8))
        #expect(
            report.table == """
                0 connections, 0 rooms
                Boardcast 0.1.0 (abc), up 3 h, newest event 12, oldest in the log 3, database 12 MB, and 4 kB of log
                """)
        #expect(report.json.contains(#","server":{"version":"0.1.0 (abc)","startedAt":"#))
        var older = ConnectionReport()
        older.add(server: Array("<html>".utf8))
        #expect(older.table == "0 connections, 0 rooms")
    }

    @Test(arguments: ["", "[]", "<html>", #"{"connections":[]}"#, #"{"totalConnections":1,"connections":{}}"#])
    func `what is no page of ours is refused`(text: String) {
        var report = ConnectionReport()
        #expect(throws: Failure(.unreachable, "the answer is not one of a Boardcast server")) {
            try report.add(page: Array(text.utf8))
        }
    }

    @Test func `a page without anything in it is the last`() throws {
        var report = ConnectionReport()
        #expect(try report.add(page: page([], next: "5-b")) == nil)
    }
}
