import Client
import TestSupport
import Testing
import Text

@testable import boardcast

@Suite struct RefreshScheduleTests {
    private let start = ContinuousClock.now
    private let generator: any RandomNumberGenerator = SplitMix(seed: 1)

    @Test func `it begins at once, and goes on every five minutes or so`() {
        var (schedule, generator) = (RefreshSchedule(at: start), generator)
        #expect(schedule.next == start)
        var waits: Set<Duration> = []
        for _ in 0..<200 {
            schedule.succeeded(at: start, maxAge: nil, using: &generator)
            waits.insert(schedule.next - start)
        }
        #expect(waits.allSatisfy { .seconds(270)...Duration.seconds(330) ~= $0 })
        #expect(waits.count > 10, "not all at once")
    }

    @Test(arguments: [(600, 540...600), (5, 60...60), (0, 60...60), (100_000, 3240...3600)])
    func `an answer's own time counts as far as it makes sense`(maxAge: Int, expected: ClosedRange<Int>) {
        var (schedule, generator) = (RefreshSchedule(at: start), generator)
        for _ in 0..<100 {
            schedule.succeeded(at: start, maxAge: .seconds(maxAge), using: &generator)
            #expect(expected ~= (schedule.next - start).wholeSeconds)
        }
    }

    @Test func `what is asked for comes when it is to, if nothing was planned before`() {
        var (schedule, generator) = (RefreshSchedule(at: start), generator)
        schedule.succeeded(at: start, maxAge: nil, using: &generator)
        let usual = schedule.next
        schedule.refresh(at: usual + .seconds(1))
        #expect(schedule.next == usual)
        schedule.refresh(at: start + .seconds(1))
        #expect(schedule.next == start + .seconds(1))
    }

    @Test func `after failures it comes back soon, and never at once`() {
        var (schedule, generator) = (RefreshSchedule(at: start), generator)
        for _ in 0..<100 {
            schedule.failed(at: start, using: &generator)
            #expect(.seconds(1)...Backoff.longest ~= schedule.next - start)
        }
    }

    @Test(arguments: [
        ("max-age=600", 600), ("public, max-age=600, must-revalidate", 600), ("Max-Age = 7", 7), ("no-store", nil),
        ("", nil), ("max-age=", nil), ("max-age=x", nil), ("max-age=-1", nil), ("s-maxage=5", nil),
        ("max-age=99999999999999999999", nil),
    ])
    func `an answer's time is read from its Cache-Control`(field: String, seconds: Int?) {
        #expect(RefreshSchedule.maxAge(inCacheControl: field) == seconds.map { .seconds($0) })
    }
}
