import NIOCore
import Testing

@testable import Gateway

/// What is too slow, on a clock that these tests hold.
@Suite struct RequestPaceTests {
    private func second(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    private struct End: Equatable {
        let second: Int64
        let verdict: RequestPace.Verdict
    }

    /// When a pace is first found wanting, and how.
    private func end(of pace: RequestPace) -> End? {
        for now in Int64(0)..<1000 {
            let verdict = pace.verdict(at: second(now))
            if verdict != .inTime { return End(second: now, verdict: verdict) }
        }
        return nil
    }

    @Test func `who says nothing at all is let go after ten seconds`() {
        #expect(end(of: RequestPace(at: second(5))) == End(second: 15, verdict: .silent))
    }

    @Test func `a head has ten seconds from its first byte, however it trickles`() {
        var pace = RequestPace(at: second(0))
        for now in Int64(5)..<14 { pace.takePartOfHead(at: second(now)) }
        #expect(end(of: pace) == End(second: 15, verdict: .slow))
    }

    @Test func `a body may not pause for ten seconds`() {
        var pace = RequestPace(at: second(0))
        pace.takeHead(at: second(1))
        pace.takeBody(100_000, at: second(4))
        #expect(end(of: pace) == End(second: 14, verdict: .slow))
    }

    @Test func `a body that trickles has thirty seconds`() {
        var pace = RequestPace(at: second(0))
        pace.takeHead(at: second(1))
        for now in Int64(1)..<31 {
            pace.takeBody(1, at: second(now))
            #expect(pace.verdict(at: second(now)) == .inTime)
        }
        #expect(pace.verdict(at: second(31)) == .slow)
    }

    @Test func `a body that comes steadily has the time that it needs`() {
        var pace = RequestPace(at: second(0))
        pace.takeHead(at: second(0))
        for now in Int64(0)..<64 {
            pace.takeBody(16_384, at: second(now))
            #expect(pace.verdict(at: second(now)) == .inTime)
        }
    }

    @Test func `an answer may take its time, and a rest after it two minutes`() {
        var pace = RequestPace(at: second(0))
        pace.takeHead(at: second(1))
        pace.takeEnd(isAnswered: false, at: second(2))
        #expect(end(of: pace) == nil)
        pace.answered(at: second(30))
        #expect(end(of: pace) == End(second: 150, verdict: .silent))
    }

    @Test func `an answer that came before its request's end leaves no time without a limit`() {
        var pace = RequestPace(at: second(0))
        pace.takeHead(at: second(1))
        pace.answered(at: second(2))
        #expect(end(of: pace) == End(second: 11, verdict: .slow))
        pace.takeEnd(isAnswered: true, at: second(3))
        #expect(end(of: pace) == End(second: 123, verdict: .silent))
    }

    @Test func `a next head that is begun while an answer is made is watched too`() {
        var pace = RequestPace(at: second(0))
        pace.takeHead(at: second(1))
        pace.takeEnd(isAnswered: false, at: second(2))
        pace.takePartOfHead(at: second(20))
        pace.answered(at: second(25))
        #expect(end(of: pace) == End(second: 30, verdict: .slow))
    }

    @Test func `a farewell is short`() {
        var pace = RequestPace(at: second(0))
        pace.sayFarewell(at: second(7))
        #expect(end(of: pace) == End(second: 9, verdict: .silent))
    }

    @Test func `what waits for its client is idle, but for a moment at the beginning`() {
        func idle(_ pace: RequestPace, at now: Int64) -> NIODeadline? { pace.idleSince(at: second(now)) }
        var pace = RequestPace(at: second(0))
        #expect(idle(pace, at: 0) == nil && idle(pace, at: 1) == second(0))
        pace.takePartOfHead(at: second(5))
        #expect(idle(pace, at: 5) == nil && idle(pace, at: 6) == second(5))
        pace.takeHead(at: second(7))
        #expect(idle(pace, at: 20) == nil)
        pace.takeEnd(isAnswered: false, at: second(21))
        #expect(idle(pace, at: 22) == nil)
        pace.answered(at: second(23))
        #expect(idle(pace, at: 23) == second(23))
        pace.takesBytes(false, at: second(24))
        #expect(idle(pace, at: 30) == nil)
        pace.takesBytes(true, at: second(31))
        pace.sayFarewell(at: second(32))
        #expect(idle(pace, at: 32) == nil && idle(pace, at: 33) == second(32))
    }

    @Test func `a body that has not gone on for two seconds pauses`() {
        var pace = RequestPace(at: second(0))
        #expect(pace.pausedSince(at: second(9)) == nil)
        pace.takeHead(at: second(10))
        #expect(pace.pausedSince(at: second(11)) == nil && pace.pausedSince(at: second(12)) == second(10))
        pace.takeBody(1, at: second(13))
        #expect(pace.pausedSince(at: second(14)) == nil && pace.pausedSince(at: second(19)) == second(13))
        pace.takeEnd(isAnswered: false, at: second(20))
        #expect(pace.pausedSince(at: second(30)) == nil)
    }
}
