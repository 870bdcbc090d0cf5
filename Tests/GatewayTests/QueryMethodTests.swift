import Boards
import Contracts
import Events
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Rooms
import StrictJSON
import Testing
import Tokens

@testable import Gateway

/// A QUERY is a GET whose query comes as the body.
@Suite struct QueryMethodTests {
    private static let form = "application/x-www-form-urlencoded"

    private static func get(_ uri: String, _ body: String, as type: String?) throws -> HTTPRequestHead {
        var head = HTTPRequestHead(version: .http1_1, method: QueryMethod.method, uri: uri)
        head.headers = ["Host": "a", "Content-Length": "\(body.utf8.count)", "Expect": "100-continue"]
        if let type { head.headers.add(name: "Content-Type", value: type) }
        return try QueryMethod.get(head, ByteBuffer(string: body))
    }

    @Test(
        arguments: [
            ("/a", form, "board=main&types=task.*", "/a?board=main&types=task.%2A"),
            ("/a?board=x", form, "q=a+b%26c&board=y", "/a?board=x&q=a%20b%26c&board=y"),
            ("/a", form + "; charset=utf-8", "", "/a"), ("/a?", form, "q=%23%0D%0A\u{E9}", "/a?&q=%23%0D%0A%C3%A9"),
            (
                "/a", "application/json", #"{"board":["a","b"],"limit":5,"snapshot":true,"q":"é "}"#,
                "/a?board=a&board=b&limit=5&snapshot=true&q=%C3%A9%20"
            ),
            ("/a?x=1", "Application/JSON", "{}", "/a?x=1"), ("/a", "application/json", #"{"limit":5e0}"#, "/a?limit=5"),
        ])
    func `what the body says stands in the URL`(uri: String, type: String, body: String, expected: String) throws {
        let head = try Self.get(uri, body, as: type)
        #expect(head.method == .GET)
        #expect(head.uri == expected)
        #expect(head.headers.map(\.name) == ["Host"])
    }

    @Test(
        arguments: [
            (nil, "a=1", .invalidQuery), ("text/plain", "a=1", .mediaType), (form, "a=%", .invalidQuery),
            (form, "a=%FF", .invalidQuery), ("application/json", "", .invalidJSON),
            ("application/json", "[1]", .invalidJSON), ("application/json", #"{"a":1,"a":2}"#, .invalidJSON),
            ("application/json", #"{"a":null}"#, .invalidQuery), ("application/json", #"{"a":{}}"#, .invalidQuery),
            ("application/json", #"{"a":[["b"]]}"#, .invalidQuery),
        ] as [(String?, String, ProblemCode)])
    func `what can't be read is refused`(type: String?, body: String, code: ProblemCode) throws {
        let problem = #expect(throws: Problem.self) { try Self.get("/a", body, as: type) }
        #expect(problem?.kind == code)
        #expect((problem?.headers[.acceptQuery] == nil) == (code != .mediaType))
    }

    @Test func `a body in a coding is refused, with the one that is taken`() throws {
        var head = HTTPRequestHead(version: .http1_1, method: QueryMethod.method, uri: "/a")
        head.headers = ["Content-Type": Self.form, "Content-Encoding": "gzip"]
        let problem = #expect(throws: Problem.self) { try QueryMethod.get(head, ByteBuffer()) }
        #expect(problem?.kind == .contentCoding && problem?.headers[.acceptEncoding] == "identity")
    }

    // MARK: Over a connection

    /// - Parameter body: is given ann's token, and that of another tenant's admin.
    private func test(
        _ body: @escaping @Sendable (LiveGateway, _ token: String, _ stranger: String) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let relay = Relay(limits: RoomLimits(), clock: { TestGateway.now })
        let store = MemoryBoardStore(now: { TestGateway.now }, announce: { relay.announce($0) })
        relay.start(history: store, on: group.makeIterator())
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(secret: TestGateway.secret)]))
        let admin = MemoryAdminStore()
        let gateway = Gateway(
            authenticator: Authenticator(verifier: verifier) { TestGateway.now },
            jobs: JobKeeper(store: store, patience: .seconds(300), uptime: Uptime.now), admin: admin,
            audit: AuditLog(store: admin, logger: logger) { TestGateway.now }, relay: relay,
            presence: PresenceHub(for: relay, on: group.next()), assets: [], settings: GatewaySettings())
        let (token, stranger) = (try TestGateway.token(), try TestGateway.token("admin", tenant: "other"))
        try await LiveGateway.run(gateway, on: group, logger: logger) { client in
            for name in ["a", "b", "c"] {
                let answer = try await client.call(.post, "/api/tasks", as: token, #"{"name":"\#(name)"}"#)
                #expect(answer.status == 201)
            }
            try await body(client, token, stranger)
        }
        try await group.shutdownGracefully()
    }

    /// What of an answer is the same at another time.
    private static func lasting(_ answer: Answer) -> [Substring] {
        answer.withoutRequestID.split(separator: "\n").filter { !$0.hasPrefix("Date:") }
    }

    @Test(.timeLimit(.minutes(10))) func `a list is answered as to GET`() async throws {
        try await test { client, token, stranger in
            for (path, query, json) in [
                ("/api/tasks", "board=main&q=b", #"{"board":"main","q":"b"}"#),
                ("/api/tasks", "limit=2", #"{"limit":2}"#),
                ("/api/events", "limit=2&types=task.*", #"{"limit":2,"types":"task.*"}"#),
                ("/api/boards/main/export", "format=csv", #"{"format":"csv"}"#),
            ] {
                let get = try await client.call(.get, "\(path)?\(query)", as: token)
                #expect(get.status == 200 && get.headers[.acceptQuery] == QueryMethod.accepted)
                let asked = [
                    try await client.call(.query, path, as: token, query, type: Self.form),
                    try await client.call(.query, path, as: token, json),
                    try await client.call(.query, "\(path)?\(query)", as: token, "", type: Self.form),
                ]
                for answer in asked { #expect(Self.lasting(answer) == Self.lasting(get), "\(path)") }
            }
            let foreign = try await client.call(.query, "/api/tasks", as: stranger, "", type: Self.form)
            #expect(foreign.status == 200 && foreign.items.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(10))) func `it is refused as GET is, and the connection goes on`() async throws {
        try await test { client, token, _ in
            for (path, body, type, status) in [
                ("/api/tasks", "nothing=1", Self.form, 400), ("/api/tasks", "q=1&q=2", Self.form, 400),
                ("/api/tasks", "q=1", "text/plain", 415), ("/api/tasks", "q=1", "", 400),
                ("/api/boards/nada/export", "", Self.form, 404), ("/sse/stats", "", Self.form, 403),
                ("/sse/connect", "board=nada", Self.form, 404), ("/sse/connect", "nothing=1", Self.form, 400),
                ("/sse/connect", "", "text/plain", 415), ("/api/boards", "", Self.form, 405),
                ("/healthz", "", Self.form, 405), ("/nowhere", "", Self.form, 404),
            ] {
                let answer = try await client.call(.query, path, as: token, body, type: type)
                #expect(answer.status == status, "\(path) \(body)")
                #expect(status != 415 || answer.headers[.acceptQuery] == QueryMethod.accepted)
            }
            #expect(try await client.call(.query, "/api/tasks", as: nil, "", type: Self.form).status == 401)
            #expect(try await client.call(.query, "/sse/connect", as: nil, "", type: Self.form).status == 401)
            #expect(try await client.call(.get, "/api/tasks", as: token).status == 200)
            let long = String(repeating: "q", count: QueryMethod.mostBytes + 1)
            #expect(try await client.call(.query, "/api/tasks", as: token, long, type: Self.form).status == 413)
        }
    }

    @Test(.timeLimit(.minutes(10))) func `a poll waits`() async throws {
        try await test { client, token, _ in
            let cursor = try #require(try await client.call(.get, "/api/events", as: token)["cursor"]?.string)
            let body = #"{"since":"\#(cursor)","wait":1}"#
            let answer = try await client.call(.query, "/api/events", as: token, body)
            #expect(answer.status == 200 && answer["recovered"]?.bool == true && answer.events.isEmpty)
        }
    }
}
