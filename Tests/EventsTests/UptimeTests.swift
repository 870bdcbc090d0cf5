import Events
import TestSupport
import Testing

@Suite struct UptimeTests {
    @Test func `moments and durations are added and taken from each other to the nanosecond`() {
        let moment = Uptime.second(5)
        #expect(moment + .nanoseconds(1) == 5_000_000_001 && moment - .seconds(6) == -1_000_000_000)
        #expect(moment - 4_999_999_999 == .nanoseconds(1) && 0 - moment == .seconds(-5))
        #expect(moment + Duration.nanoseconds(1) / 2 == moment)
        #expect((moment + .microseconds(1999)).milliseconds == 5001)
    }

    @Test func `they are in the order of time, between the distant past and never`() {
        #expect([3, .never, -1, .distantPast, 0].sorted() == [.distantPast, -1, 0, 3, .never] as [Uptime])
    }

    @Test(arguments: [Duration.seconds(Int64.max), .nanoseconds(Int64.max), .seconds(10_000_000_000)])
    func `what does not fit ends at never or at the distant past`(long: Duration) {
        let late = Uptime.never - .seconds(1)
        let early = Uptime.distantPast + .seconds(1)
        #expect(late + long == .never && late - (.zero - long) == .never)
        #expect(early - long == .distantPast && early + (.zero - long) == .distantPast)
        #expect(Uptime.never + long == .never && Uptime.distantPast - long == .distantPast)
        #expect(Uptime.second(0) + long > 0 && Uptime.second(0) - long < 0)
    }

    @Test func `between the distant past and never there is a duration`() {
        #expect(Uptime.never - Uptime.distantPast == .nanoseconds(Int64.max) - .nanoseconds(Int64.min))
        #expect(Uptime.distantPast - Uptime.never < .zero)
    }
}
