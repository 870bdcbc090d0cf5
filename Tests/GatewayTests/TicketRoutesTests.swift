import Boards
import Events
import HTTPTypes
import NIOHTTP1
import Rooms
import StrictJSON
import Testing
import Tokens

@testable import Gateway

@Suite struct TicketRoutesTests {
    private func caller(_ gateway: TestGateway, _ uri: String, _ headers: [(String, String)] = []) throws
        -> StreamRoute.Caller
    {
        let route = StreamRoute(
            authenticator: gateway.authenticator, relay: gateway.relay, store: gateway.store,
            failures: AuthFailures(settings: LiveSettings(GatewaySettings()), uptime: { 0 }))
        return try route.caller(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: HTTPHeaders(headers)), from: nil)
    }

    private func refusal(_ gateway: TestGateway, _ uri: String) throws -> Problem {
        try #require(#expect(throws: Problem.self) { _ = try caller(gateway, uri) })
    }

    private func ticket(_ gateway: TestGateway, as token: String) async throws -> String {
        let answer = try await gateway.call(.post, "/sse/ticket", as: token)
        #expect(answer.status == 200 && answer["expiresIn"]?.int == 30)
        #expect(answer.headers[.cacheControl] == "no-store")
        return try #require(answer["ticket"]?.string)
    }

    @Test func `a ticket opens one stream, with all that its token says`() async throws {
        let gateway = try TestGateway()
        let token = try TestGateway.token(boards: ["plan"], id: "t", issued: TestGateway.now / 1000)
        let ticket = try await ticket(gateway, as: token)
        #expect(ticket.utf8.count == 43 && Base64URL.decode(ticket)?.count == 32)
        let principal = try caller(gateway, "/sse/connect?ticket=\(ticket)").principal
        #expect(principal.user == UserID("ann") && principal.tenant == TenantID("acme"))
        #expect(principal.boards == .only([BoardID("plan")!]) && principal.tokenID == "t")
        #expect(principal.expiresAt == TestGateway.now + 3_600_000)
        #expect(principal.issuedAt == TestGateway.now)
        let used = try refusal(gateway, "/sse/connect?ticket=\(ticket)")
        let unknown = try refusal(gateway, "/sse/connect?ticket=\(String(ticket.reversed()))")
        #expect(used.status == .unauthorized && used.detail == unknown.detail)
    }

    @Test func `a query that can't be understood costs no ticket`() async throws {
        let gateway = try TestGateway()
        let ticket = try await ticket(gateway, as: try TestGateway.token())
        #expect(try refusal(gateway, "/sse/connect?ticket=\(ticket)&x=1").status == .badRequest)
        #expect(try caller(gateway, "/sse/connect?ticket=\(ticket)").principal.user == UserID("ann"))
    }

    @Test func `a ticket is for streams alone`() async throws {
        let gateway = try TestGateway()
        let ticket = try await ticket(gateway, as: try TestGateway.token())
        #expect(try await gateway.call(.get, "/api/tasks?ticket=\(ticket)", as: nil).status == 401)
        #expect(try await gateway.call(.get, "/api/tasks", as: ticket).status == 401)
    }

    @Test func `header, cookie, token, ticket: the first that is there counts`() async throws {
        let gateway = try TestGateway()
        let users = ["h", "c", "q", "t"]
        let tokens = try users.map { try TestGateway.token(user: $0) }
        let ticket = try await ticket(gateway, as: tokens[3])
        let (header, cookie) = (
            ("Authorization", "Bearer \(tokens[0])"), ("Cookie", "boardcast_session=\(tokens[1])")
        )
        let uri = "/sse/connect?ticket=\(ticket)"
        #expect(try caller(gateway, "\(uri)&token=\(tokens[2])", [cookie, header]).principal.user == UserID("h"))
        #expect(try caller(gateway, "\(uri)&token=\(tokens[2])", [cookie]).principal.user == UserID("c"))
        #expect(try caller(gateway, "\(uri)&token=\(tokens[2])").principal.user == UserID("q"))
        #expect(try caller(gateway, uri).principal.user == UserID("t"))
    }

    @Test func `a ticket falls with the token that it was made with`() async throws {
        let gateway = try TestGateway()
        let ticket = try await ticket(gateway, as: try TestGateway.token(id: "t"))
        #expect(try await gateway.call(.post, "/api/revocations", "admin", #"{"jti":"t"}"#).status == 201)
        #expect(try refusal(gateway, "/sse/connect?ticket=\(ticket)").detail == "the token was revoked")
    }

    @Test func `a ticket does not outlive the keys that its token was verified with`() async throws {
        let gateway = try TestGateway()
        let ticket = try await ticket(gateway, as: try TestGateway.token())
        gateway.authenticator.replace(with: TokenVerifier(keys: KeySet([try TokenKey(secret: TestGateway.secret)])))
        #expect(try refusal(gateway, "/sse/connect?ticket=\(ticket)").status == .unauthorized)
    }
}
