import Events
import HTTPTypes
import Synchronization
import Testing

@testable import Gateway

/// How many writes a user makes; the clock stands still until it is set.
@Suite struct WriteLimitTests {
    private let clock = TestClock()

    private func gateway(perSecond: Int = 1, burst: Int = 3) throws -> TestGateway {
        var settings = GatewaySettings()
        settings.writes.standard = RateLimit(perSecond: perSecond, burst: burst)
        return try TestGateway(settings, uptime: clock.read)
    }

    private func write(_ gateway: TestGateway, tenant: String = "acme", user: String = "ann") async throws -> Answer {
        try await gateway.call(
            .post, "/api/tasks", as: try TestGateway.token(tenant: tenant, user: user), #"{"name":"a"}"#)
    }

    @Test func `writes beyond the limit are refused, and say when to come back`() async throws {
        let gateway = try gateway()
        for _ in 1...3 { #expect(try await write(gateway).status == 201) }
        let refused = try await write(gateway)
        #expect(refused.status == 429)
        #expect(refused.code == "rate_limited")
        #expect(refused.headers[.retryAfter] == "1")
        #expect(refused.headers[.rateLimitPolicy] == #""writes";q=3;w=3"#)
        #expect(refused.headers[.rateLimit] == #""writes";r=0;t=1"#)
        #expect(try await gateway.head() == 3)
        clock.advance(by: .seconds(1))
        #expect(try await write(gateway).status == 201)
        #expect(try await write(gateway).status == 429)
    }

    @Test func `a write that is allowed says how many are left`() async throws {
        let gateway = try gateway(perSecond: 200, burst: 400)
        let answer = try await write(gateway)
        #expect(answer.headers[.rateLimitPolicy] == #""writes";q=400;w=2"#)
        #expect(answer.headers[.rateLimit] == #""writes";r=399;t=2"#)
        for (path, body) in [("/api/tasks", "{"), ("/api/publish", "{}"), ("/api/boards", "{}")] {
            let answer = try await gateway.call(.post, path, nil, body)
            #expect(answer.status >= 400)
            #expect(answer.headers[.rateLimit] != nil, "also when it is refused for something else")
        }
    }

    @Test func `nobody pays for another user's writes, or for another tenant's`() async throws {
        let gateway = try gateway(burst: 1)
        for (tenant, user) in [("acme", "K"), ("acme", "\u{212A}"), ("acme", "k"), ("globex", "K"), ("acme", "acme")] {
            #expect(try await write(gateway, tenant: tenant, user: user).status == 201)
            #expect(try await write(gateway, tenant: tenant, user: user).status == 429)
        }
    }

    @Test func `a tenant may have a limit of its own`() async throws {
        var settings = GatewaySettings()
        settings.writes.standard = RateLimit(perSecond: 1, burst: 1)
        settings.writes.own[TenantID("globex")!] = RateLimit(perSecond: 1, burst: 2)
        let gateway = try TestGateway(settings, uptime: clock.read)
        for (tenant, statuses) in [("acme", [201, 429, 429]), ("globex", [201, 201, 429])] {
            for status in statuses { #expect(try await write(gateway, tenant: tenant).status == status) }
        }
    }

    @Test func `all of a user's tokens and all kinds of writes count together`() async throws {
        let gateway = try gateway(burst: 1)
        #expect(try await write(gateway).status == 201)
        for call in EveryCall.all where call.method != .get && call.call.name != "session.begin" {
            let token = try TestGateway.token("admin", expires: TestGateway.second + 60)
            #expect(try await gateway.call(call.method, call.path, as: token, call.body).status == 429, "\(call)")
        }
        #expect(try await gateway.call(.put, "/api/tasks/1", "admin").status == 429)
    }

    @Test func `reading is no writing`() async throws {
        let gateway = try gateway(burst: 1)
        #expect(try await write(gateway).status == 201)
        for path in ["/api/tasks", "/api/tasks/1", "/api/events", "/api/boards/main/snapshot"] {
            let answer = try await gateway.call(.get, path)
            #expect(answer.status == 200)
            #expect(answer.headers[.rateLimit] == nil)
        }
    }

    @Test func `a refused body is not read, and a long one ends the connection`() async throws {
        let gateway = try gateway(burst: 1)
        #expect(try await write(gateway).status == 201)
        let long = try await gateway.call(.post, "/api/tasks", nil, String(repeating: "x", count: 100_000))
        #expect(long.status == 429)
        #expect(long.headers[.connection] == "close")
        #expect(try await write(gateway).headers[.connection] == nil)
    }

    @Test func `without a good token nothing is counted`() async throws {
        let gateway = try gateway(burst: 1)
        for _ in 1...5 { #expect(try await gateway.call(.post, "/api/tasks", as: nil, "{}").status == 401) }
        #expect(try await write(gateway).status == 201)
    }
}

/// Time that passes when a test says so.
final class TestClock: Sendable {
    private let time = Mutex(Uptime(nanoseconds: 1_000_000_000))

    @Sendable func read() -> Uptime { time.withLock { $0 } }
    /// A second later than before.
    @Sendable func readLater() -> Uptime {
        advance(by: .seconds(1))
        return read()
    }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}
