import Boards
import Events
import HTTPTypes
import NIOCore
import NIOHTTP1
import Rooms
import TestSupport
import Testing
import Tokens

@testable import Gateway

/// Who may have a stream, and of what: decided before a byte is sent.
@Suite struct NativeStreamTests {
    private let known: Set<BoardID> = [.main, BoardID("plan")!]

    private func head(_ uri: String, token: String? = nil, _ headers: [(String, String)] = []) -> HTTPRequestHead {
        TestGateway.head(uri, token: token, headers)
    }

    private func request(
        _ head: HTTPRequestHead, _ settings: GatewaySettings = GatewaySettings()
    ) async throws -> StreamRequest {
        try await TestGateway(settings).streamRequest(head, known: known)
    }

    private func refusal(_ head: HTTPRequestHead) async throws -> Problem {
        try #require(await #expect(throws: Problem.self) { _ = try await request(head) })
    }

    @Test func `only GET of exactly that path is a stream`() async throws {
        let gateway = try TestGateway()
        #expect(gateway.isStream(head("/sse/connect")))
        #expect(gateway.isStream(head("/sse/connect?board=main")))
        #expect(gateway.isStream(head("/sse/connect?")))
        for uri in [
            "/sse/connected", "/sse/connect/", "/sse/connect/x", "/SSE/connect", "/sse/connect%3Fa", "/sse/connect#",
            "/sse/connect;a", "/sse/connect%00",
            "//sse/connect", "/sse//connect", "/sse/./connect", "/sse%2Fconnect", "sse/connect", "http://x/sse/connect",
            "*", "", "/", "/sse/connec",
        ] { #expect(!gateway.isStream(head(uri)), "\(uri)") }
        for method: HTTPMethod in [.POST, .HEAD, .OPTIONS, .PUT, .DELETE] {
            var other = head("/sse/connect")
            other.method = method
            #expect(!gateway.isStream(other))
        }
    }

    @Test func `a stream is for whom the token says, and for every board that it is good for`() async throws {
        let all = try await request(head("/sse/connect", token: try TestGateway.token(user: "K")))
        #expect(all.tenant == TenantID("acme"))
        #expect(all.principal.user == UserID("K"))
        #expect(all.principal.boards == .all)
        #expect(all.selection == Selection(boards: .all, user: UserID("K")))
        #expect(all.cursor == nil)
        #expect(all.principal.expiresAt == TestGateway.now + 3_600_000)
        #expect(all.snapshotURL == "/api/boards/main/snapshot")
        #expect(all.snapshot == nil)
        let one = try await request(head("/sse/connect", token: try TestGateway.token(boards: ["plan", "Not an id"])))
        #expect(one.selection == Selection(boards: .all, user: UserID("ann")))
        #expect(one.principal.boards == .only([BoardID("plan")!]))
        #expect(one.snapshotURL == "/api/boards/plan/snapshot")
    }

    @Test func `boards that are named are heard alone`() async throws {
        let token = try TestGateway.token()
        let asked = try await request(head("/sse/connect?board=plan&board=main&types=task.*&snapshot=1", token: token))
        #expect(asked.selection == Selection(boards: .only(known), types: try #require(TypeFilter(list: "task.*"))))
        #expect(asked.snapshot != nil)
    }

    @Test func `the header's cursor wins, and an empty one counts as absent`() async throws {
        let token = try TestGateway.token()
        #expect(try await request(head("/sse/connect?since=1-00000001", token: token)).cursor == "1-00000001")
        let header = try await request(
            head("/sse/connect?since=1-00000001", token: token, [("Last-Event-ID", "2-00000001")]))
        #expect(header.cursor == "2-00000001")
        let empty = try await request(head("/sse/connect?since=1-00000001", token: token, [("last-event-id", "")]))
        #expect(empty.cursor == "1-00000001")
    }

    @Test func `the token may stand in the query, and the header wins over it`() async throws {
        let (ann, bob) = (try TestGateway.token(), try TestGateway.token(user: "bob"))
        #expect(try await request(head("/sse/connect?token=\(ann)")).principal.user == UserID("ann"))
        #expect(try await request(head("/sse/connect?token=\(ann)", token: bob)).principal.user == UserID("bob"))
        #expect(try await refusal(head("/sse/connect?token=\(ann)", token: "bad")).status == .unauthorized)
    }

    @Test(arguments: [
        "", "?token=", "?ticket=", "?ticket=x", "?token=x", "?token=a.b.c", "?board=main", "?board=nothing", "?since=x",
        "?snapshot=1",
    ])
    func `without a good token there is no stream, whatever is asked for`(query: String) async throws {
        let problem = try await refusal(head("/sse/connect" + query))
        #expect(problem.status == .unauthorized)
        #expect(problem.headers[.wwwAuthenticate]?.hasPrefix("Bearer error=\"invalid_token\"") == true)
    }

    @Test(arguments: [
        ("?board=nothing", 404), ("?board=MAIN", 404), ("?board=", 404), ("?board=plan&board=nothing", 404),
        ("?board=main", 403),
        ("?board=plan&board=main", 403), ("?types=", 400), ("?types=*", 400), ("?types=a.b&types=c.d", 400),
        ("?snapshot=yes", 400), ("?unknown=1", 400),
        ("?since=a&since=b", 400), ("?board=%FF", 400), ("?tenant=other", 400),
    ])
    func `what can't be had is refused before the stream begins`(query: String, status: Int) async throws {
        let token = try TestGateway.token(boards: ["plan"])
        #expect(try await refusal(head("/sse/connect" + query, token: token)).status.code == status)
    }

    @Test func `the head of a stream is what the contract says`() async throws {
        var settings = GatewaySettings()
        settings.corsOrigins = ["https://app.example"]
        let token = try TestGateway.token()
        let text = String(
            buffer: try await request(head("/sse/connect", token: token, [("Origin", "https://app.example")]), settings)
                .head)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
        for line in [
            "Content-Type: text/event-stream", "Cache-Control: no-cache, no-store, no-transform",
            "X-Accel-Buffering: no",
            "Transfer-Encoding: chunked", "Access-Control-Allow-Origin: https://app.example", "Vary: Origin",
        ] { #expect(text.contains("\r\n\(line)\r\n"), "\(line)") }
        for origin in ["null", "https://evil.com", "https://app.example\r\nX-Evil: 1", "*"] {
            let other = String(
                buffer: try await request(head("/sse/connect", token: token, [("Origin", origin)]), settings).head)
            #expect(!other.contains("Access-Control"))
            #expect(!other.contains("Evil"))
        }
    }

    @Test func `a stream that must wait is answered 200 with a time to come back, and its end`() async throws {
        let gateway = try TestGateway()
        for (error, reason) in [(RoomError.full(limit: 1), "limit_reached"), (.draining, "server_draining")] {
            let text = String(
                buffer: gateway.streams.responses.refusal(
                    error, for: .http1_1, origin: nil, of: TenantID("acme")!, on: .eventStream,
                    now: TestGateway.now))
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(text.contains("\r\nContent-Type: text/event-stream\r\n"))
            #expect(text.contains("retry: "))
            #expect(
                text.contains(#"data: {"type":"stream.closing","reason":"\#(reason)","reconnectAfterMilliseconds":"#))
            #expect(text.hasSuffix("\r\n0\r\n\r\n"))
        }
    }
}
