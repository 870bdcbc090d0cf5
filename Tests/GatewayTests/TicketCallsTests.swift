import Boards
import Events
import HTTPTypes
import NIOHTTP1
import Rooms
import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import Gateway

@Suite struct TicketCallsTests {
    private func principal(_ gateway: TestGateway, _ uri: String, _ headers: [(String, String)] = []) throws
        -> Principal
    {
        try gateway.principal(of: TestGateway.head(uri, headers))
    }

    private func refusal(_ gateway: TestGateway, _ uri: String) throws -> Problem {
        try #require(#expect(throws: Problem.self) { _ = try principal(gateway, uri) })
    }

    private func ticket(_ gateway: TestGateway, as token: String) async throws -> String {
        let answer = try await gateway.call(.post, "/sse/ticket", as: token)
        #expect(answer.status == 200 && answer["expiresIn"]?.int == 30)
        #expect(answer.headers[.cacheControl] == "no-store")
        return try #require(answer["ticket"]?.string)
    }

    @Test func `a ticket opens one stream, with all that its token says`() async throws {
        let gateway = try TestGateway()
        let token = try TestGateway.token(boards: ["plan"], id: "t", issued: TestGateway.second)
        let ticket = try await ticket(gateway, as: token)
        #expect(ticket.utf8.count == 43 && Base64URL.decode(ticket)?.count == 32)
        let principal = try principal(gateway, "/sse/connect?ticket=\(ticket)")
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
        #expect(try principal(gateway, "/sse/connect?ticket=\(ticket)").user == UserID("ann"))
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
        #expect(try principal(gateway, "\(uri)&token=\(tokens[2])", [cookie, header]).user == UserID("h"))
        #expect(try principal(gateway, "\(uri)&token=\(tokens[2])", [cookie]).user == UserID("c"))
        #expect(try principal(gateway, "\(uri)&token=\(tokens[2])").user == UserID("q"))
        #expect(try principal(gateway, uri).user == UserID("t"))
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
