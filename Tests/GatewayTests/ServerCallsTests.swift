import Events
import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

@Suite(.serialized) struct ServerCallsTests {
    private func show(
        _ gateway: TestGateway, from peer: String? = nil, tenant: String = "acme", headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await ConnectionPeer.$announced.withValue(peer.flatMap { ClientAddress($0) }) {
            try await gateway.call(
                .get, "/api/server", as: try TestGateway.token("admin", tenant: tenant), headers: headers)
        }
    }

    @Test func `it says which log, limits and keys are in force for the tenant`() async throws {
        var settings = GatewaySettings()
        settings.writes = PerTenant(
            RateLimit(perSecond: 200, burst: 400), own: [TenantID("acme")!: RateLimit(perSecond: 7, burst: 9)])
        let gateway = try TestGateway(settings)
        try await gateway.addTasks(3)
        let answer = try await show(gateway)
        #expect(answer.status == 200)
        #expect(answer["startedAt"]?.string == TestGateway.now.description)
        #expect(answer["log"]?.object?["head"]?.int == 3)
        #expect(answer["log"]?.object?["oldest"]?.int == 1)
        #expect(answer["limits"]?.object?["writesPerSecond"]?.int == 7)
        #expect(answer["limits"]?.object?["writeBurst"]?.int == 9)
        #expect(answer["limits"]?.object?["connectionsPerUser"]?.int == 64)
        let keys = answer["keys"]?.array?.compactMap(\.object) ?? []
        #expect(keys.count == 1)
        #expect(keys[0]["algorithms"]?.array?.compactMap(\.string) == ["HS256", "HS384", "HS512"])
        #expect(keys[0]["since"]?.string == TestGateway.now.description)
        #expect(!answer.text.contains(String(decoding: TestGateway.secret, as: UTF8.self)))
        let other = try await show(gateway, tenant: "other")
        #expect(other["log"]?.object?["head"]?.int == 0)
        #expect(other["limits"]?.object?["writesPerSecond"]?.int == 200)
    }

    @Test func `what is about all tenants is for this machine alone`() async throws {
        let gateway = try TestGateway()
        _ = try await gateway.call(.get, "/api/tasks", as: try TestGateway.token(expires: TestGateway.second - 3600))
        let here = try await show(gateway, from: "127.0.0.1")
        #expect(here["refusals"]?.object?["tokens"]?.object?["expiry"]?.int == 1)
        #expect(here["refusals"]?.object?["limits"]?.object?.members.isEmpty == true)
        for (peer, headers) in [
            ("192.0.2.1", [:]), ("127.0.0.1", [HTTPField.Name("X-Forwarded-For")!: "127.0.0.1"]),
        ] as [(String, HTTPFields)] {
            let there = try await show(gateway, from: peer, headers: headers)
            #expect(there.status == 200)
            #expect(there["refusals"] == nil)
            #expect(there["database"]?.object?["bytes"] == nil)
        }
    }

    @Test func `it is for admins`() async throws {
        let gateway = try TestGateway()
        for role in ["viewer", "member", "service"] {
            #expect(try await gateway.call(.get, "/api/server", role).status == 403)
        }
    }
}
