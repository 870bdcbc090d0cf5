import HTTPTypes
import Testing

@testable import Gateway

/// Bad tokens from one address; the clock stands still until it is set.
@Suite struct AuthFailuresTests {
    private let clock = TestClock()

    private func failures() -> AuthFailures {
        var settings = GatewaySettings()
        settings.authFailures = RateLimit(perSecond: 1, burst: 2)
        return AuthFailures(settings: LiveSettings(settings), uptime: clock.read, counters: GatewayCounters())
    }

    private func status(
        of refusal: Problem = .unauthorized("wrong"), _ failures: AuthFailures, _ client: String
    ) throws -> Int {
        let address = try #require(ClientAddress(client))
        return failures.count(refusal, from: address).status.code
    }

    @Test func `bad tokens beyond the limit are told to wait`() throws {
        let failures = failures()
        #expect(try (1...4).map { _ in try status(failures, "192.0.2.1") } == [401, 401, 429, 429])
        #expect(try status(failures, "192.0.2.2") == 401)
        let refused = failures.count(.unauthorized("wrong"), from: ClientAddress("192.0.2.1"))
        #expect(refused.code == "rate_limited" && refused.headers[.retryAfter] == "1")
        clock.advance(by: .seconds(1))
        #expect(try (1...2).map { _ in try status(failures, "192.0.2.1") } == [401, 429])
    }

    @Test func `an IPv6 client does not get away with another of its addresses`() throws {
        let failures = failures()
        #expect(try (1...3).map { try status(failures, "2001:db8::\($0)") } == [401, 401, 429])
        #expect(try status(failures, "2001:db8:0:1::1") == 401)
    }

    @Test func `a connection without an address is not counted`() {
        let failures = failures()
        for _ in 1...5 { #expect(failures.count(.unauthorized("wrong"), from: nil).status == .unauthorized) }
    }

    @Test func `a token that is missing is no bad one`() throws {
        let failures = failures()
        let missing = Problem(.tokenMissing, "")
        for _ in 1...5 { #expect(try status(of: missing, failures, "192.0.2.1") == 401) }
        #expect(try status(failures, "192.0.2.1") == 401)
    }
}
