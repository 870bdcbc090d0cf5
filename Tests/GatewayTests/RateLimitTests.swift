import Events
import TestSupport
import Testing

@testable import Gateway

@Suite struct RateLimitTests {
    private let second = Duration.seconds(1)

    /// What comes of calls at these times, by one caller who is new.
    private func decisions(_ limit: RateLimit, at times: [Uptime]) -> [RateLimit.Decision] {
        var recovery = times[0]
        return times.map { time in
            let (decision, next) = limit.decide(recovery: recovery, at: time)
            recovery = next
            return decision
        }
    }

    @Test func `a burst is allowed at once, and not one more`() {
        let limit = RateLimit(perSecond: 2, burst: 3)
        #expect(
            decisions(limit, at: [7, 7, 7, 7]) == [
                .allowed(remaining: 2), .allowed(remaining: 1), .allowed(remaining: 0),
                .refused(retryAfter: second / 2),
            ])
    }

    @Test func `after the time that a refusal names, one is allowed and no more`() {
        let limit = RateLimit(perSecond: 2, burst: 2)
        let found = decisions(limit, at: [0, 0, 0, 499_999_999, 500_000_000, 500_000_000])
        #expect(found[2] == .refused(retryAfter: second / 2))
        #expect(found[3] == .refused(retryAfter: .nanoseconds(1)))
        #expect(found[4] == .allowed(remaining: 0))
        #expect(found[5] == .refused(retryAfter: second / 2))
    }

    @Test func `a refusal costs nothing`() {
        let limit = RateLimit(perSecond: 1, burst: 1)
        let found = decisions(limit, at: [0] + [Uptime](repeating: 1, count: 1000) + [.second(1)])
        #expect(found.last == .allowed(remaining: 0))
    }

    @Test(arguments: [(1, 1), (3, 7), (200, 400), (1_000_000, 1), (7, 1_000_000)])
    func `over any time, no more than the burst and the rate are allowed`(perSecond: Int, burst: Int) {
        let limit = RateLimit(perSecond: perSecond, burst: burst)
        var generator = SplitMix(seed: UInt64(perSecond))
        var (now, recovery, allowed) = (Uptime(nanoseconds: 0), Uptime(nanoseconds: 0), 0)
        for _ in 0..<5000 {
            now = now + .nanoseconds(Int.random(in: 0...2_000_000_000 / perSecond, using: &generator))
            let (decision, next) = limit.decide(recovery: recovery, at: now)
            recovery = next
            if case .allowed = decision { allowed += 1 }
            #expect(allowed <= burst + Int(now.nanoseconds) * perSecond / 1_000_000_000)
        }
    }

    @Test func `a caller that was away is allowed a whole burst, however long it was`() {
        let limit = RateLimit(perSecond: 2, burst: 3)
        let late = Uptime(nanoseconds: .max / 2)
        let found = decisions(limit, at: [0, 0, 0, late, late, late, late])
        #expect(found[3] == .allowed(remaining: 2))
        #expect(found[6] == .refused(retryAfter: second / 2))
    }

    @Test func `a debt from when the limit was wider is never more than a burst of the new one`() {
        let (_, recovery) = RateLimit(perSecond: 1, burst: 1000).decide(recovery: .second(900), at: 0)
        #expect(
            RateLimit(perSecond: 1, burst: 2).decide(recovery: recovery, at: 0).decision
                == .refused(retryAfter: second))
    }

    @Test func `numbers beyond what makes sense count as the nearest that does`() {
        #expect(RateLimit(perSecond: 0, burst: -5) == RateLimit(perSecond: 1, burst: 1))
        #expect(RateLimit(perSecond: .max, burst: .max) == RateLimit(perSecond: 1_000_000, burst: 1_000_000))
    }
}

@Suite struct RateLimitFieldsTests {
    /// draft-ietf-httpapi-ratelimit-headers-11 §6: the quota over its window is no more than what is allowed.
    @Test(arguments: [(1, 1), (3, 7), (200, 400), (1_000_000, 1), (7, 1_000_000)])
    func `a client that spends what is left in the time that is told is not too fast`(perSecond: Int, burst: Int) {
        let limit = RateLimit(perSecond: perSecond, burst: burst)
        for remaining in [0, burst / 2, burst - 1] {
            let fields = RateLimitFields("a", limit, .allowed(remaining: remaining))
            let time = fields.state.split(separator: "t=").last.flatMap { Int($0) } ?? 0
            #expect(time >= 1 && remaining <= time * perSecond)
            #expect(time == 1 || remaining > (time - 1) * perSecond)
        }
    }
}

@Suite struct RateLimiterTests {
    private let limit = RateLimit(perSecond: 1, burst: 2)

    private func isAllowed(_ decision: RateLimit.Decision) -> Bool {
        if case .allowed = decision { true } else { false }
    }

    @Test func `each caller has a limit of its own`() {
        let limiter = RateLimiter<Int>()
        for caller in 1...3 {
            #expect((1...3).map { _ in isAllowed(limiter.take(caller, within: limit, at: 0)) } == [true, true, false])
        }
        #expect(isAllowed(limiter.take(1, within: limit, at: .second(1))))
    }

    @Test func `it remembers no more callers than it has room for`() {
        let limiter = RateLimiter<Int>(capacity: 100)
        for caller in 1...10_000 { _ = limiter.take(caller, within: limit, at: Uptime(nanoseconds: Int64(caller % 7))) }
        #expect(limiter.count == 100)
    }

    @Test func `a caller that has recovered makes room first, whoever came first`() {
        let limiter = RateLimiter<String>(capacity: 2)
        for _ in 1...2 { _ = limiter.take("in debt", within: limit, at: 0) }
        _ = limiter.take("recovered", within: limit, at: 0)
        #expect(isAllowed(limiter.take("new", within: limit, at: .second(1))))
        #expect(isAllowed(limiter.take("in debt", within: limit, at: .second(1))))
        #expect(!isAllowed(limiter.take("in debt", within: limit, at: .second(1))), "its debt was kept")
    }

    @Test func `when nobody has recovered, the one that is nearest to it makes room`() {
        let limiter = RateLimiter<String>(capacity: 2)
        _ = limiter.take("one call", within: limit, at: 0)
        for _ in 1...2 { _ = limiter.take("two calls", within: limit, at: 0) }
        _ = limiter.take("new", within: limit, at: 0)
        #expect(!isAllowed(limiter.take("two calls", within: limit, at: 0)), "its debt was kept")
        #expect(limiter.count == 2)
    }

    @Test func `callers who call again and again are not taken for recovered`() {
        let limiter = RateLimiter<Int>(capacity: 8)
        for caller in 1...8 { _ = limiter.take(caller, within: limit, at: 0) }
        for caller in 1...7 { _ = limiter.take(caller, within: limit, at: .second(1)) }
        _ = limiter.take(9, within: limit, at: .second(1))
        for caller in 1...7 { _ = limiter.take(caller, within: limit, at: .second(1)) }
        for caller in 1...7 { #expect(!isAllowed(limiter.take(caller, within: limit, at: .second(1)))) }
    }
}
