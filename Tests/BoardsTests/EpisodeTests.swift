import Contracts
import Events
import Synchronization
import TestSupport
import Testing

@testable import Boards

@Suite struct EpisodeTests {
    @Test func `an episode has a beginning, an end, and what failed in between`() {
        var episode = Episode()
        let begins = (1...1000).map { episode.fail($0 % 4 == 0 ? .locked : .diskFull, at: .second($0)) }
        #expect(begins == [true] + Array(repeating: false, count: 999))
        #expect(episode.beginning == .second(1) && episode.reason == .locked)
        let early = episode.succeed(at: .second(1003))
        let summary = episode.succeed(at: .second(1000) + Episode.calm)
        #expect(early == nil)
        #expect(summary == Episode.Summary(lasted: .seconds(1002), counts: [.diskFull: 750, .locked: 250]))
        #expect(summary?.total == 1000 && episode.beginning == nil)
        let again = episode.succeed(at: .second(2000))
        let beginsAnew = episode.fail(.storage, at: .second(2001))
        #expect(again == nil && beginsAnew)
    }

    @Test func `what fails now and then is one episode`() {
        var episode = Episode()
        var begins: [Bool] = []
        var ends: [Episode.Summary] = []
        for turn in 0..<50 {
            begins.append(episode.fail(.storage, at: .second(turn)))
            if let end = episode.succeed(at: .second(turn) + .milliseconds(500)) { ends.append(end) }
        }
        #expect(begins == [true] + Array(repeating: false, count: 49) && ends.isEmpty)
        let summary = episode.succeed(at: .second(49) + Episode.calm)
        #expect(summary == Episode.Summary(lasted: .milliseconds(49_500), counts: [.storage: 50]))
    }

    @Test func `faults come to the log once an episode, with their words, and their end with how many there were`() {
        let lines = LogLines()
        let clock = Mutex(Uptime.second(0))
        let failures = FailureLog("chores", logger: lines.logger) { clock.withLock { $0 } }
        failures.succeed()
        failures.note(.busy(retryAfter: .seconds(1)))
        failures.note(.closed)
        failures.note(.cancelled)
        #expect(lines.all.isEmpty && !failures.isFailing && failures.failing == nil && failures.episode == nil)
        for _ in 0..<25_000 { failures.note(.broken("SQLite failed with 10 (disk I/O error)")) }
        clock.withLock { $0 = .second(3) }
        #expect(failures.failing == .init(since: .seconds(3), reason: .storage, counts: [.storage: 25_000]))
        #expect(failures.episode == 1)
        failures.succeed()
        clock.withLock { $0 = .second(0) + Episode.calm }
        failures.succeed()
        failures.succeed()
        #expect(
            lines.all == [
                "error failing failure=SQLite failed with 10 (disk I/O error) reason=storage work=chores",
                "notice recovered after=3 s failures=25000 storage=25000 work=chores",
            ])
        #expect(failures.failing == nil)
    }

    @Test func `refused writes are counted by reason, and what nobody waited for is not`() {
        let lines = LogLines()
        let clock = Mutex(Uptime.second(0))
        let failures = FailureLog("writes", counting: "refused", logger: lines.logger) { clock.withLock { $0 } }
        failures.fail(.full, count: 0)
        failures.fail(.full, count: 7)
        failures.fail(.busy(retryAfter: .seconds(1)), count: 4)
        failures.fail(.busy(retryAfter: .seconds(1)), because: .queueFull)
        clock.withLock { $0 = .second(0) + Episode.calm }
        failures.succeed()
        failures.fail(.busy(retryAfter: .seconds(1)), count: 0)
        #expect(failures.episode == 2)
        clock.withLock { $0 = $0 + Episode.calm }
        failures.succeed()
        #expect(
            lines.all == [
                "error failing failure=the disk is full reason=disk_full work=writes",
                "notice recovered after=10 s disk_full=7 locked=4 queue_full=1 refused=12 work=writes",
                "error failing failure=another process holds the database reason=locked work=writes",
                "notice recovered after=10 s refused=0 work=writes",
            ])
    }

    @Test func `a check says what fails, since when and why, in words for everybody`() {
        let clock = Mutex(Uptime.second(0))
        let failures = FailureLog("writes", logger: LogLines().logger) { clock.withLock { $0 } }
        #expect(HealthCheck("writes", of: failures, counting: true) == HealthCheck("writes"))
        failures.fail(.broken("SQLite failed with 1 (SQL logic error): no such table: tasks"))
        failures.fail(.full)
        clock.withLock { $0 = .second(5) }
        var expected = HealthCheck(
            "writes", .failing, reason: "disk_full", detail: "the disk is full", since: .seconds(5),
            refused: [.storage: 1, .diskFull: 1])
        #expect(HealthCheck("writes", of: failures, counting: true) == expected)
        failures.fail(.broken("SQLite failed with 1 (SQL logic error): no such table: tasks"))
        (expected.reason, expected.detail) = ("storage", FailureReason.storage.words)
        expected.refused = [:]
        #expect(HealthCheck("writes", of: failures) == expected)
    }
}
