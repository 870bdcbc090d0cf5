import Boards
import Events
import HTTPTypes
import NIOCore
import NIOHTTP1
import Rooms
import StrictJSON
import Testing
import Tokens

@testable import Gateway

@Suite struct JobStreamsTests {
    private let gateway: TestGateway

    init() throws { gateway = try TestGateway() }

    private func streams(_ kind: JobDialect.Kind) -> JobStreams {
        JobStreams(kind: kind, store: gateway.store, lifetime: nil)
    }

    private func make(_ body: String = #"{"name":"Import","boardId":"main"}"#) async throws -> String {
        let answer = try await gateway.call(.post, "/api/jobs", nil, body)
        return try #require(answer["job"]?.object?["id"]?.string)
    }

    private func report(_ id: String, _ body: String) async throws {
        try #require(try await gateway.call(.patch, "/api/jobs/\(id)", "service", body).status == 200)
    }

    private func path(_ kind: JobDialect.Kind, _ id: String) -> String { streams(kind).path.path(with: id) }

    private func request(_ kind: JobDialect.Kind, _ id: String, as token: String? = nil) async throws -> StreamRequest {
        try await gateway.streamRequest(
            TestGateway.head(path(kind, id), token: try token ?? TestGateway.token()), known: [.main])
    }

    private func open(_ kind: JobDialect.Kind, _ id: String, as token: String? = nil) async throws -> TestConnection {
        try await TestConnection.open(try await request(kind, id, as: token), on: gateway)
    }

    /// `event: data` of what came up to the end of the stream.
    private func told(_ connection: TestConnection) async throws -> [String] {
        let lines = try await connection.text(until: "0\r\n\r\n").split(whereSeparator: \.isNewline)
        return zip(lines, lines.dropFirst()).filter { $0.0.hasPrefix("event: ") }.map { name, data in
            "\(name.dropFirst(7)) \(data.dropFirst(6))"
        }
    }

    @Test func `a path is a job's stream or is not`() {
        for kind in [JobDialect.Kind.taskProgress, .job] {
            let pattern = streams(kind).path
            #expect(pattern.match(path(kind, "x")[...]) == .with("x"))
            for other in [
                path(kind, ""), path(kind, "a/b"), path(kind, "x") + "/", path(kind, "x") + "s", "/api/jobs/x",
                "/API/jobs/x/stream", "/api/jobs/stream", "//api/jobs/x/stream", "",
            ] { #expect(pattern.match(other[...]) == nil, "\(other)") }
        }
        #expect(streams(.job).path.match(path(.taskProgress, "x")[...]) == nil)
    }

    @Test func `task progress is told as its page expects it, to the end`() async throws {
        let id = try await make()
        let stream = try await open(.taskProgress, id)
        _ = try await stream.text(until: "event: progress")
        try await report(id, #"{"progress":50,"message":"Detecting…"}"#)
        try await report(id, #"{"status":"completed","result":{"edges":50}}"#)
        #expect(
            try await told(stream) == [
                #"progress {"id":"\#(id)","status":"queued","progress":0,"message":null,"result":null,"error":null}"#,
                #"progress {"id":"\#(id)","status":"processing","progress":50,"message":"Detecting…","result":null,"#
                    + #""error":null}"#,
                #"completed {"id":"\#(id)","name":"Import","status":"completed","progress":100,"result":{"edges":50}}"#,
            ])
        #expect(gateway.relay.connections == 0)
    }

    @Test(arguments: [JobDialect.Kind.taskProgress, .job])
    func `a failure ends the stream, with details where they are expected`(kind: JobDialect.Kind) async throws {
        let id = try await make(#"{"name":"of no board"}"#)
        let stream = try await open(kind, id)
        try await report(id, #"{"status":"failed","error":"no disk","details":[7]}"#)
        let details = kind == .job ? #","details":[7]"# : ""
        #expect(
            try await told(stream).last
                == #"failed {"id":"\#(id)","status":"failed","error":"no disk"\#(details)}"#)
    }

    @Test(arguments: [JobDialect.Kind.taskProgress, .job])
    func `whoever comes late is told the end at once, each time`(kind: JobDialect.Kind) async throws {
        let id = try await make()
        _ = try await gateway.call(.post, "/api/jobs/\(id)/cancel")
        for _ in 0..<2 {
            let stream = try await open(kind, id)
            #expect(
                try await told(stream) == [#"failed {"id":"\#(id)","status":"cancelled","error":"cancelled"}"#])
        }
    }

    @Test func `a job is told nothing of others, and a stream nothing but jobs`() async throws {
        let (one, other) = (try await make(), try await make())
        let stream = try await open(.job, one)
        _ = try await stream.text(until: "event: progress")
        try await gateway.addTasks(2)
        try await report(other, #"{"progress":10,"message":"\"jobId\":\"\#(one)\""}"#)
        try await report(other, #"{"status":"completed","result":{"jobId":"\#(one)"}}"#)
        try await report(one, #"{"status":"completed"}"#)
        // Where it takes long, it is told that the stream is alive.
        #expect(try await told(stream).count { !$0.hasPrefix("heartbeat") } == 2)
    }

    @Test func `an unknown job is 404, or an event of task progress`() async throws {
        let mine = try await make()
        let stranger = try TestGateway.token("admin", tenant: "other")
        let scoped = try TestGateway.token("admin", user: "bob", boards: ["plan"])
        for (id, token) in [
            ("0123456789abcdef0123456789abcdef", nil), ("x", nil), ("%00", nil), (mine, stranger), (mine, scoped),
        ] {
            await #expect(throws: Problem.self) { _ = try await request(.job, id, as: token) }
            let stream = try await open(.taskProgress, id, as: token)
            #expect(try await told(stream) == [#"error {"error":"Task not found"}"#])
        }
        #expect(gateway.relay.connections == 0)
    }

    @Test func `a job's creator follows it where the token is not good for its board`() async throws {
        let id = try await make()
        let stream = try await open(.job, id, as: try TestGateway.token(boards: ["plan"]))
        try await report(id, #"{"status":"completed"}"#)
        #expect(try await told(stream).last?.hasPrefix("completed") == true)
    }

    @Test(arguments: [JobDialect.Kind.taskProgress, .job])
    func `a job that goes with its board ends its stream`(kind: JobDialect.Kind) async throws {
        try await gateway.addBoard("plan")
        let id = try await make(#"{"name":"a","boardId":"plan"}"#)
        let stream = try await open(kind, id)
        _ = try await stream.text(until: "event: progress")
        _ = try await gateway.call(.delete, "/api/boards/plan", "admin")
        let last = try await told(stream).last
        #expect(
            last
                == (kind == .job
                    ? #"failed {"id":"\#(id)","status":"failed","error":"the job was deleted with its board"}"#
                    : #"error {"error":"Task not found"}"#))
    }

    @Test func `what a body may hold, a stream tells`() async throws {
        let id = try await make()
        let stream = try await open(.job, id)
        _ = try await stream.text(until: "event: progress")
        let deep = String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
        try await report(id, #"{"status":"completed","result":\#(deep)}"#)
        #expect(try await told(stream).last?.hasSuffix(#""result":\#(deep)}"#) == true)
    }

    @Test func `the gateway's own words are events with names, and heartbeats of jobs too`() {
        let dialect = JobDialect(kind: .job, job: .random())
        #expect(String(buffer: dialect.heartbeat).contains("event: heartbeat\ndata: {}\n\n"))
        #expect(JobDialect(kind: .taskProgress, job: .random()).heartbeat == StreamBytes.heartbeat)
        let closing = String(
            buffer: dialect.encode(notice: .closing(.maxAge, reconnectAfter: 7), json: Array("{}".utf8)))
        #expect(closing.contains("retry: 7\nevent: stream.closing\ndata: {}\n\n"))
    }
}
