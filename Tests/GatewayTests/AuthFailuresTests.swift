import HTTPTypes
import NIOCore
import Testing

@testable import Gateway

/// Bad tokens from one address; the clock stands still until it is set.
@Suite struct AuthFailuresTests {
    private let clock = TestClock()

    private func failures(_ proxies: [String] = []) throws -> AuthFailures {
        var settings = GatewaySettings()
        settings.authFailures = RateLimit(perSecond: 1, burst: 2)
        settings.trustedProxies = try proxies.map { try #require(Network($0)) }
        return AuthFailures(settings: LiveSettings(settings), uptime: clock.read)
    }

    private func status(
        of refusal: Problem = .unauthorized("wrong"), _ failures: AuthFailures, _ peer: String, _ forwarded: String...
    ) throws -> Int {
        let peer = try SocketAddress(ipAddress: peer, port: 4711)
        return failures.count(refusal, from: peer, forwarded: forwarded).status.code
    }

    @Test func `bad tokens beyond the limit are told to wait`() throws {
        let failures = try failures()
        #expect(try (1...4).map { _ in try status(failures, "192.0.2.1") } == [401, 401, 429, 429])
        #expect(try status(failures, "192.0.2.2") == 401)
        let peer = try SocketAddress(ipAddress: "192.0.2.1", port: 1)
        let refused = failures.count(.unauthorized("wrong"), from: peer, forwarded: [])
        #expect(refused.code == "rate_limited" && refused.headers[.retryAfter] == "1")
        clock.advance(by: .seconds(1))
        #expect(try (1...2).map { _ in try status(failures, "192.0.2.1") } == [401, 429])
    }

    @Test func `an IPv6 client does not get away with another of its addresses`() throws {
        let failures = try failures()
        #expect(try (1...3).map { try status(failures, "2001:db8::\($0)") } == [401, 401, 429])
        #expect(try status(failures, "2001:db8:0:1::1") == 401)
    }

    @Test func `behind a trusted proxy each client counts for itself`() throws {
        let failures = try failures(["10.0.0.0/8"])
        for _ in 1...2 { #expect(try status(failures, "10.0.0.1", "198.51.100.7") == 401) }
        #expect(try status(failures, "10.0.0.2", "1.1.1.1, 198.51.100.7") == 429)
        #expect(try status(failures, "10.0.0.1", "198.51.100.8") == 401)
    }

    @Test func `who is no trusted proxy can't name another client`() throws {
        let failures = try failures(["10.0.0.0/8"])
        #expect(try (1...3).map { try status(failures, "192.0.2.1", "198.51.100.\($0)") } == [401, 401, 429])
    }

    @Test func `a token that is missing is no bad one`() throws {
        let failures = try failures()
        let missing = Problem(.unauthorized, "token_missing", "")
        for _ in 1...5 { #expect(try status(of: missing, failures, "192.0.2.1") == 401) }
        #expect(try status(failures, "192.0.2.1") == 401)
    }
}
