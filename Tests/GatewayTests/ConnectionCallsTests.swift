import Boards
import Events
import HTTPTypes
import Rooms
import StrictJSON
import Testing

@testable import Gateway

@Suite(.serialized) struct ConnectionCallsTests {
    @Test func `an admin cuts a connection, for good or with a time to come back`() async throws {
        let gateway = try TestGateway()
        for (query, word) in [
            ("", #""reconnect":false"#), ("?reconnect=false", #""reconnect":false"#),
            ("?reconnect=true", #""reconnectAfterMilliseconds":"#),
        ] {
            let cut = try await TestConnection.open(on: gateway, user: "ann")
            let other = try await TestConnection.open(on: gateway, user: "ann")
            let answer = try await gateway.call(.delete, "/sse/connections/\(try await cut.id)\(query)", "admin")
            #expect(answer.status == 200)
            #expect(answer["connections"]?.int == 1)
            let text = try await cut.text(until: "stream.closing")
            #expect(text.contains(#""reason":"admin","#))
            #expect(text.contains(word))
            #expect(gateway.relay.connections == 1)
            try await other.close()
        }
    }

    @Test func `an admin cuts all of a user's connections and nobody else's`() async throws {
        let gateway = try TestGateway()
        for user in ["K", "K", "\u{212A}", "bob"] { _ = try await TestConnection.open(on: gateway, user: user) }
        _ = try await TestConnection.open(on: gateway, tenant: "other", user: "K")
        let answer = try await gateway.call(.delete, "/sse/users/K/connections", "admin")
        #expect(answer["connections"]?.int == 2)
        #expect(gateway.relay.connections == 3)
        #expect(try await gateway.call(.delete, "/sse/users/nobody/connections", "admin")["connections"]?.int == 0)
    }

    @Test func `what an admin cuts is recorded`() async throws {
        let gateway = try TestGateway()
        let id = try await TestConnection.open(on: gateway, user: "ann").id
        _ = try await TestConnection.open(on: gateway, user: "bob")
        _ = try await gateway.call(.delete, "/sse/connections/\(id)", "admin")
        _ = try await gateway.call(.delete, "/sse/connections/\(id)", "admin")
        _ = try await gateway.call(.delete, "/sse/users/bob/connections", "admin")
        let acts = try await gateway.admin.audit(of: TenantID("acme")!, before: nil, count: 9).map(\.act)
        #expect(
            acts == [
                AdminAct("user.disconnected", subject: "bob", detail: "connections: 1"),
                AdminAct("connection.closed", subject: id, detail: ""),
            ])
    }

    @Test(arguments: ["viewer", "member", "service"])
    func `others may not cut`(role: String) async throws {
        let gateway = try TestGateway()
        let connection = try await TestConnection.open(on: gateway, user: "ann")
        let id = try await connection.id
        #expect(try await gateway.call(.delete, "/sse/connections/\(id)", role).status == 403)
        #expect(try await gateway.call(.delete, "/sse/users/ann/connections", role).status == 403)
        #expect(gateway.relay.connections == 1)
    }

    @Test func `another tenant's connection is not there, whether to cut or to renew`() async throws {
        let gateway = try TestGateway()
        let connection = try await TestConnection.open(on: gateway, user: "ann")
        let id = try await connection.id
        let stranger = try TestGateway.token("admin", tenant: "other", user: "ann")
        #expect(try await gateway.call(.delete, "/sse/connections/\(id)", as: stranger).status == 404)
        #expect(try await gateway.call(.post, "/sse/connections/\(id)/token", as: stranger).status == 404)
        #expect(
            try await gateway.call(.delete, "/sse/users/ann/connections", as: stranger)["connections"]?.int == 0)
        for bad in ["x", "0123456789ABCDEF", "0123456789abcde", "%00", "0123456789abcdef"] {
            #expect(try await gateway.call(.delete, "/sse/connections/\(bad)", "admin").status == 404)
        }
        #expect(gateway.relay.connections == 1)
    }

    @Test func `a fresh token of the same user renews, another user's does not`() async throws {
        let gateway = try TestGateway()
        let connection = try await TestConnection.open(on: gateway, user: "ann")
        let path = "/sse/connections/\(try await connection.id)/token"
        #expect(try await gateway.call(.post, path, as: try TestGateway.token()).status == 204)
        #expect(try await gateway.call(.post, path, as: try TestGateway.token("admin", user: "bob")).status == 403)
        #expect(try await gateway.call(.post, path, as: nil).status == 401)
        #expect(gateway.relay.connections == 1)
    }

    @Test func `a token that is good for fewer boards narrows what is shown, one for none of them ends it`()
        async throws
    {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        let connection = try await TestConnection.open(on: gateway, user: "ann")
        let path = "/sse/connections/\(try await connection.id)/token"
        #expect(try await gateway.call(.post, path, as: try TestGateway.token(boards: ["plan"])).status == 204)
        try await gateway.addTasks(1, on: "main")
        try await gateway.addTasks(1, on: "plan")
        let text = try await connection.text(until: #""taskId":2"#)
        #expect(!text.contains(#""taskId":1"#))
        #expect(try await gateway.call(.post, path, as: try TestGateway.token()).status == 204)
        try await gateway.addTasks(1, on: "main")
        _ = try await connection.text(until: #""taskId":3"#)
        #expect(try await gateway.call(.post, path, as: try TestGateway.token(boards: [])).status == 204)
        _ = try await connection.text(until: "access_lost")
        #expect(gateway.relay.connections == 0)
    }
}
