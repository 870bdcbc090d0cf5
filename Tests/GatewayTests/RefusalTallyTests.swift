import Contracts
import Events
import HTTPTypes
import Logging
import NIOCore
import TestSupport
import Testing

@testable import Gateway

/// Floods of refusals in the log; the clock stands still until it is set.
@Suite struct RefusalTallyTests {
    private let clock = TestClock()
    private let lines = LogLines()

    private func source(_ address: String) throws -> RefusalTally.Source {
        .address(try #require(ClientAddress(address)))
    }

    private func log(_ proxies: [String] = []) throws -> RefusalLog {
        var settings = GatewaySettings()
        settings.trustedProxies = try proxies.map { try #require(Network($0)) }
        return RefusalLog(settings: LiveSettings(settings), uptime: clock.read)
    }

    private func note(
        _ status: Int, _ log: RefusalLog, _ peer: String?, _ forwarded: String...
    ) throws -> RefusalLog.Verdict {
        let head = TestGateway.head("/", forwarded.map { ("X-Forwarded-For", $0) })
        return log.note(status, from: peer.flatMap { ClientAddress($0) }, CredentialFields(head))
    }

    @Test func `the first of a source is logged, and then their number, once a second`() throws {
        var tally = RefusalTally()
        let ann = try source("192.0.2.1")
        var firsts: [Bool] = []
        var said: [[RefusalTally.Line]] = []
        for millisecond in 0..<3500 {
            let now = Uptime.second(0) + .milliseconds(millisecond)
            firsts.append(tally.note(millisecond % 2 == 0 ? 401 : 429, from: ann, at: now))
            if millisecond % 100 == 0 { said.append(tally.take(at: now)) }
        }
        #expect(firsts == [true] + Array(repeating: false, count: 3499))
        let taken = said.flatMap { $0 }
        #expect(
            taken == [
                .init(source: ann, counts: [401: 500, 429: 500], time: .seconds(1)),
                .init(source: ann, counts: [401: 500, 429: 500], time: .seconds(1)),
                .init(source: ann, counts: [401: 500, 429: 500], time: .seconds(1)),
            ])
        let early = tally.take(at: .second(3) + .milliseconds(600))
        let rest = tally.take(at: .second(4))
        #expect(early.isEmpty && rest.count == 1)
        #expect(rest.first?.counts == [401: 249, 429: 250])
    }

    @Test func `a source that is quiet for a second is forgotten`() throws {
        var tally = RefusalTally()
        let ann = try source("192.0.2.1")
        let firsts = (0..<5).map { turn in
            let isFirst = tally.note(401, from: ann, at: .second(2 * turn))
            return isFirst && tally.take(at: .second(2 * turn + 1)).isEmpty
        }
        #expect(firsts == Array(repeating: true, count: 5))
    }

    @Test func `beyond the bound all are counted together`() throws {
        var tally = RefusalTally()
        var firsts = 0
        for client in 0..<1000 {
            let source = try source("198.51.\(client / 250).\(client % 250)")
            for _ in 0..<3 where tally.note(401, from: source, at: .second(0)) { firsts += 1 }
        }
        let lines = tally.take(at: .second(1))
        #expect(firsts == RefusalTally.capacity && lines.count == RefusalTally.capacity + 1)
        let others = lines.first { $0.source == .others }
        #expect(others?.counts == [401: 3 * (1000 - RefusalTally.capacity)] && others?.source.description == "others")
        #expect(lines.allSatisfy { $0.source == .others || $0.counts == [401: 2] })
        // Those that are quiet make room.
        let quiet = tally.take(at: .second(2))
        let isFirst = tally.note(401, from: try source("192.0.2.1"), at: .second(3))
        #expect(quiet.isEmpty && isFirst)
    }

    @Test func `at the end nothing is left out`() throws {
        var tally = RefusalTally()
        for _ in 0..<3 { _ = tally.note(503, from: .unknown, at: .second(0)) }
        let lines = tally.take(at: .second(0), isEnd: true)
        #expect(lines == [.init(source: .unknown, counts: [503: 2], time: .zero)])
        #expect(RefusalTally.Source.unknown.description == "unknown")
    }

    @Test func `only answers that come in floods are sampled`() throws {
        let log = try log()
        for status in [200, 201, 204, 304, 400, 403, 404, 409, 412, 413, 500] {
            for _ in 0..<3 { #expect(try note(status, log, "192.0.2.1") == .ordinary) }
        }
        for (index, status) in [401, 429, 503, 507].enumerated() {
            let expected: RefusalLog.Verdict = index == 0 ? .first(try source("192.0.2.1")) : .counted
            #expect(try note(status, log, "192.0.2.1") == expected)
        }
        #expect(try note(401, log, nil) == .first(.unknown))
        #expect(try note(401, log, nil) == .counted)
    }

    @Test func `a client is its address, or its block of IPv6, also after a trusted proxy`() throws {
        let log = try log(["10.0.0.0/8"])
        #expect(try note(401, log, "2001:db8:0:1::1") == .first(source("2001:db8:0:1::")))
        #expect(try note(401, log, "2001:db8:0:1:2:3:4:5") == .counted)
        #expect(try note(401, log, "10.0.0.1", "198.51.100.7") == .first(source("198.51.100.7")))
        #expect(try note(401, log, "10.0.0.2", "1.1.1.1, 198.51.100.7") == .counted)
        #expect(try note(401, log, "192.0.2.9", "198.51.100.7") == .first(source("192.0.2.9")))
    }

    @Test func `the lines say who, how many and within what time`() throws {
        let log = try log()
        for status in [401, 401, 429, 429, 429] { _ = try note(status, log, "2001:db8::7") }
        for _ in 0..<3 { _ = try note(503, log, "192.0.2.1") }
        log.report(to: lines.logger)
        #expect(lines.all.isEmpty)
        clock.advance(by: .milliseconds(1300))
        log.report(to: lines.logger)
        #expect(
            lines.all.sorted() == [
                "info refused 401=1 429=3 address=2001:db8::/64 within=1.3 s",
                "info refused 503=2 address=192.0.2.1 within=1.3 s",
            ])
        _ = try note(401, log, "192.0.2.1")
        log.report(to: lines.logger, isEnd: true)
        #expect(lines.all.last == "info refused 401=1 address=192.0.2.1 within=0 s")
    }

    @Test func `the access log has the first refusal with its address, and all that succeed`() async throws {
        let gateway = try TestGateway(uptime: clock.read, logger: lines.logger)
        for _ in 0..<20 { #expect(try await gateway.call(.get, "/api/tasks", as: "bad").status == 401) }
        for _ in 0..<5 { #expect(try await gateway.call(.get, "/api/tasks").status == 200) }
        for _ in 0..<5 { #expect(try await gateway.call(.get, "/nowhere", as: "bad").status == 404) }
        let requests = lines.all.filter { $0.hasPrefix("info request ") }
        #expect(requests.filter { $0.contains("status=401") }.count == 1)
        #expect(requests.first?.contains("address=unknown") == true)
        #expect(requests.filter { $0.contains("status=200") }.count == 5)
        #expect(requests.filter { $0.contains("status=404") }.count == 5)
        var logger = lines.logger
        logger.logLevel = .debug
        let verbose = try TestGateway(uptime: clock.read, logger: logger)
        for _ in 0..<20 { _ = try await verbose.call(.get, "/api/tasks", as: "bad") }
        #expect(lines.all.filter { $0.contains("status=401") }.count == 21)
        #expect(lines.all.filter { $0.hasPrefix("debug request ") }.count == 19)
    }
}
