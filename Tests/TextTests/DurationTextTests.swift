import Testing

@testable import Text

@Suite struct DurationTextTests {
    @Test(arguments: [
        (0, "0 s"), (500, "0.5 s"), (1949, "1.9 s"), (1950, "2 s"), (9949, "9.9 s"), (9950, "10 s"), (65_000, "65 s"),
        (300_000, "5 min"),
        (7_200_000, "2 h"), (172_800_000, "2 d"),
    ])
    func `a duration is short`(milliseconds: Int, text: String) {
        #expect(Duration.milliseconds(milliseconds).text == text)
    }

    @Test func `a duration in whole units is rounded down`() {
        let time = Duration.seconds(2) + .nanoseconds(1_999_999)
        #expect(time.wholeSeconds == 2 && time.wholeMilliseconds == 2001 && time.wholeNanoseconds == 2_001_999_999)
    }

    @Test func `what was begun of a second can count as one`() {
        #expect(Duration.seconds(2).wholeSecondsUp == 2 && (Duration.seconds(2) + .nanoseconds(1)).wholeSecondsUp == 3)
        #expect(Duration.zero.wholeSecondsUp == 0 && Duration.milliseconds(-1500).wholeSecondsUp == -1)
    }

    @Test func `more than there are numbers for is the largest of them, or the smallest`() {
        let (long, past) = (Duration.seconds(Int64.max), Duration.seconds(Int64.min))
        #expect(long.wholeNanoseconds == .max && long.wholeSeconds == .max && long.wholeSecondsUp == .max)
        #expect(past.wholeNanoseconds == .min && past.wholeSeconds == .min)
    }
}
