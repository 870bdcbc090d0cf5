import Boards
import Events
import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import Gateway

/// RFC 9110 §13: what is asked for on a condition is done on that condition alone.
@Suite struct ConditionalTests {
    /// `E` stands for the epoch.
    @Test(arguments: [
        "\"1\"", "W/\"1\"", "*", "\"0\", \"1\"", "\"x\",\"1\" , \"y\"", "  \"1\"  ", "\"1-E\"", "W/\"1-E\"",
        "\"1-E-gzip\"",
        "\"1-E-br\"", "\"1-E-zstd\"", "W/\"1-E-gzip\"", "\"1-gzip\"", "\"x\", \"1-E\"",
    ])
    func `what the client has already is not sent again`(header: String) async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        // The board main was never changed, and so is the same in every life of a database.
        for (path, epoch) in [("/api/tasks/1", gateway.epoch), ("/api/boards/main", "00000000")] {
            let header = header.replacing("E", with: epoch)
            let answer = try await gateway.call(.get, path, headers: [.ifNoneMatch: header])
            #expect(answer.status == 304)
            #expect(answer.headers[.eTag] == "\"1-\(epoch)\"")
            #expect(answer.bytes.isEmpty)
        }
    }

    @Test(arguments: [
        "\"2\"", "1", "\"\"", "", "\"11\"", "w/\"1\"", "\"1", "\"01\"", "\"1-00000001\"", "\"1-00000000\"",
        "\"1-deflate\"",
        "\"1-gzip-gzip\"", "\"-gzip\"",
    ])
    func `what the client has not is sent`(header: String) async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        #expect(try await gateway.call(.get, "/api/tasks/1", headers: [.ifNoneMatch: header]).status == 200)
    }

    @Test func `a snapshot that did not change is not sent again`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        let tag = try #require(try await gateway.call(.get, "/api/boards/main/snapshot").headers[.eTag])
        let again = try await gateway.call(.get, "/api/boards/main/snapshot", headers: [.ifNoneMatch: tag])
        #expect(again.status == 304)
        #expect(again.headers[.eTag] == tag)
        let zipped = "W/" + tag.dropLast() + "-gzip\""
        #expect(
            try await gateway.call(.get, "/api/boards/main/snapshot", headers: [.ifNoneMatch: zipped]).status == 304)
        #expect(
            try await gateway.call(.get, "/api/boards/main/snapshot", headers: [.ifNoneMatch: "\"1\""]).status == 200)
        try await gateway.addTasks(1)
        #expect(try await gateway.call(.get, "/api/boards/main/snapshot", headers: [.ifNoneMatch: tag]).status == 200)
    }

    /// A weak tag is what a proxy that compresses makes of ours; it names the same version.
    @Test(arguments: [
        "\"1\"", "*", " \"1\" ", "\"1-E\"", "W/\"1-E\"", "\"1-E-gzip\"", "W/\"1\"", "\"1-zstd\"", "\"x\", \"1-E\"",
        "\"1\", \"2\"", ", \"1\",, ",
    ])
    func `a write on the version that is there is done`(header: String) async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        let tag = header.replacing("E", with: gateway.epoch)
        let patched = try await gateway.call(.patch, "/api/tasks/1", nil, #"{"name":"b"}"#, headers: [.ifMatch: tag])
        #expect(patched.status == 200)
        #expect(patched.headers[.eTag] == "\"2-\(gateway.epoch)\"")
        let second = header == "*" ? "*" : "\"2\""
        #expect(try await gateway.call(.delete, "/api/tasks/1", headers: [.ifMatch: second]).status == 204)
    }

    /// A tag is compared letter by letter.
    @Test(arguments: [
        "\"2\"", "\"0\"", "\"-1\"", "\"1-00000001\"", "\"1-00000000\"", "W/1", "\"x\"", "1", "\"\"", "\"01\"", "\"+1\"",
        "\"1 \"",
        "\"99999999999999999999\"", "\"2\", \"3\"", "\"x\", \"y\"",
    ])
    func `a write on another version is not done, and the answer has what is there`(header: String) async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        for (method, body) in [(HTTPRequest.Method.patch, #"{"name":"b"}"#), (.delete, nil)]
            as [(HTTPRequest.Method, String?)]
        {
            let answer = try await gateway.call(method, "/api/tasks/1", nil, body, headers: [.ifMatch: header])
            #expect(answer.status == 412)
            #expect(answer.code == "version_mismatch")
            #expect(answer.headers[.eTag] == "\"1-\(gateway.epoch)\"")
            #expect(answer.headers[.contentType] == "application/problem+json")
            #expect(answer.task?["id"]?.int == 1)
            #expect(answer.task?["name"]?.string == "task 1")
        }
        #expect(try await gateway.head() == 1)
    }

    @Test(arguments: ["", ",", "\"1\",*", "*, \"1\""])
    func `a write made against no version, or any and one, is refused`(header: String) async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        let answer = try await gateway.call(.patch, "/api/tasks/1", nil, #"{"name":"b"}"#, headers: [.ifMatch: header])
        #expect(answer.status == 400)
        #expect(try await gateway.head() == 1)
    }

    @Test func `a board is changed on its version alone, too`() async throws {
        let gateway = try TestGateway()
        let stale = try await gateway.call(
            .patch, "/api/boards/main", "admin", #"{"name":"b"}"#, headers: [.ifMatch: "\"2\""])
        #expect(stale.status == 412)
        #expect(stale.board?["id"]?.string == "main")
        #expect(stale.headers[.eTag] == "\"1-00000000\"")
        let fresh = try await gateway.call(
            .patch, "/api/boards/main", "admin", #"{"name":"b"}"#, headers: [.ifMatch: "\"1\""])
        #expect(fresh.status == 200)
        #expect(fresh.headers[.eTag] == "\"2-\(gateway.epoch)\"")
    }

    /// §13.1.1: a server must not perform the method when the condition is false.
    @Test func `deleting a board and moving a task keep to the condition as well`() async throws {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        try await gateway.addTasks(1)
        let gone = try await gateway.call(.delete, "/api/boards/plan", "admin", headers: [.ifMatch: "\"7\""])
        #expect(gone.status == 412)
        let moved = try await gateway.call(
            .post, "/api/tasks/1/move", nil, #"{"status":"done"}"#, headers: [.ifMatch: "\"7\""])
        #expect(moved.status == 412)
    }

    @Test func `a condition on a thing that is not there is not found`() async throws {
        let gateway = try TestGateway()
        #expect(try await gateway.call(.patch, "/api/tasks/9", nil, "{}", headers: [.ifMatch: "\"1\""]).status == 404)
        #expect(try await gateway.call(.get, "/api/tasks/9", headers: [.ifNoneMatch: "*"]).status == 404)
    }
}

@Suite struct EntityTagTests {
    private static let epoch = Epoch(rawValue: 0x9F03_C1AA)

    private static var tag: EntityTag {
        var board = Board.main(since: 0)
        (board.version, board.epoch) = (3, epoch)
        return EntityTag(board)
    }

    @Test func `a tag stands in quotes`() {
        #expect(Self.tag.description == "\"3-9f03c1aa\"")
        #expect(EntityTag(Cursor(seq: 4, epoch: Self.epoch)).description == "\"4-9f03c1aa\"")
    }

    @Test(
        arguments: [
            (nil, nil), ("*", nil), ("\"0\"", 0), ("\"3\"", 3), ("\t\"3\" ", 3),
            ("\"123456789012345678\"", 123_456_789_012_345_678),
            ("\"1234567890123456789\"", -1), ("W/\"3\"", 3), ("\"3-br\"", 3), ("\"3-\"", -1), ("3", -1), ("\"\"", -1),
            ("\"", -1), ("\"x\"", -1),
            ("\"-3\"", -1),
            ("\"3", -1), ("3\"", -1), ("\"\u{663}\"", -1), ("\"03\"", -1),
        ] as [(String?, Int?)])
    func `the version that is demanded, none for any, and one that nothing has for a tag that is not ours`(
        header: String?, version: Int?
    ) throws {
        #expect(try EntityTag.version(in: header) == version.map { ExpectedVersion($0) })
    }

    @Test(arguments: ["\"3-9f03c1aa\"", "W/\"3-9f03c1aa\"", "\"3-9f03c1aa-gzip\"", "W/\"3-9f03c1aa-br\""])
    func `the epoch that a tag names is demanded with the version`(header: String) throws {
        #expect(try EntityTag.version(in: header) == ExpectedVersion(3, in: Self.epoch))
    }

    @Test func `of several tags any is demanded`() throws {
        let versions = ExpectedVersion(anyOf: [1, ExpectedVersion(3, in: Self.epoch)])
        #expect(try EntityTag.version(in: "\"1\", \"x\", \"3-9f03c1aa\"") == versions)
        #expect(try EntityTag.version(in: "\"x\", \"y\"") == -1)
    }

    @Test(arguments: ["", ",", "*,*", "*, \"1\""])
    func `no tag, or any beside others, are refused`(header: String) {
        #expect(throws: Problem.self) { try EntityTag.version(in: header) }
    }

    @Test func `a list is searched for the tag, weak or not`() {
        let tag = Self.tag
        for header in ["\"3-9f03c1aa\"", "\"3\"", "W/\"3\"", "*", "\"1\", \"3\"", "\"1\",W/\"3\"", "\t\"3\"\t"] {
            #expect(tag.isIn(header))
        }
        for header in [
            nil, "", "3", "\"4\"", "\"3-9f03c1ab\"", "\"3-9f03c1a\"", "\"33\"", "W/3", "w/\"3\"", "\"3", "\"1\" \"3\"",
        ] {
            #expect(!tag.isIn(header))
        }
    }
}
