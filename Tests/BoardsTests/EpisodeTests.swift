import Contracts
import Events
import Synchronization
import TestSupport
import Testing

@testable import Boards

@Suite struct EpisodeTests {
    @Test func `an episode says its beginning, each tenfold, and its end`() {
        var episode = Episode()
        let said = (1...1000).map { episode.fail(at: .second(0) + .milliseconds($0)) }
        #expect(said.first == .began)
        for (index, word) in said.enumerated().dropFirst() {
            #expect(word == ([10, 100, 1000].contains(index + 1) ? .goesOn(failures: index + 1) : nil))
        }
        #expect(episode.succeed(at: .second(1) + Episode.calm) == .ended(failures: 1000))
        #expect(episode.succeed(at: .second(1) + .milliseconds(1) + Episode.calm) == nil)
        #expect(episode.fail(at: .second(2) + Episode.calm) == .began)
    }

    @Test func `what fails now and then is one episode`() {
        var episode = Episode()
        var words: [Episode.Word] = []
        for turn in 0..<50 {
            if let word = episode.fail(at: .second(turn)) { words.append(word) }
            if let word = episode.succeed(at: .second(turn) + .milliseconds(500)) { words.append(word) }
        }
        #expect(words == [.began, .goesOn(failures: 10)])
        #expect(episode.succeed(at: .second(49) + Episode.calm) == .ended(failures: 50))
    }

    @Test func `faults come to the log once an episode, with their words`() {
        let lines = LogLines()
        let clock = Mutex(Uptime.second(0))
        let failures = FailureLog("chores", logger: lines.logger) { clock.withLock { $0 } }
        failures.succeed()
        failures.note(.busy(retryAfter: .seconds(1)))
        failures.note(.closed)
        failures.note(.cancelled)
        #expect(lines.all.isEmpty)
        for _ in 0..<25 { failures.note(.broken("SQLite failed with 10 (disk I/O error)")) }
        failures.succeed()
        clock.withLock { $0 = .second(0) + Episode.calm }
        failures.succeed()
        failures.succeed()
        #expect(
            lines.all == [
                "error failing failure=SQLite failed with 10 (disk I/O error) work=chores",
                "error still failing failure=SQLite failed with 10 (disk I/O error) failures=10 work=chores",
                "notice recovered failures=25 work=chores",
            ])
    }
}
