import Events
import Foundation
import TestSupport
import Testing

@Suite struct TimestampTests {
    /// Foundation's own idea of RFC 3339 in UTC with milliseconds.
    private let formatter: ISO8601DateFormatter = {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        return formatter
    }()

    /// Gregorian throughout: Foundation's formatter goes over to the Julian calendar before October 1582.
    private static let gregorian = -12_219_292_800_000
    /// The last millisecond of the year 9999.
    private static let last = 253_402_300_799_999

    private func expected(_ milliseconds: Int) -> String {
        // Half a millisecond more, so that a Double a little below does not show the millisecond before.
        formatter.string(from: Date(timeIntervalSince1970: (Double(milliseconds) + 0.25) / 1000))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (-86_400_000, "1969-12-31T00:00:00.000Z"), (-86_400_001, "1969-12-30T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
        (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (1_709_251_200_000, "2024-03-01T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (1_768_473_000_000, "2026-01-15T10:30:00.000Z"), (-2_208_988_800_000, "1900-01-01T00:00:00.000Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        (last, "9999-12-31T23:59:59.999Z"),
    ])
    func `a moment is written as RFC 3339 has it`(milliseconds: Int, text: String) {
        let timestamp = Timestamp(milliseconds: milliseconds)
        #expect(timestamp.description == text)
        #expect(timestamp.utf8.count == 24)
    }

    @Test func `five thousand random moments are what Foundation says`() {
        var random = SplitMix(seed: 3)
        for _ in 0..<5000 {
            let milliseconds = Int.random(in: Self.gregorian...Self.last, using: &random)
            #expect(Timestamp(milliseconds: milliseconds).description == expected(milliseconds), "\(milliseconds)")
        }
    }

    @Test func `two thousand random moments between 1900 and 2100 are what Foundation says`() {
        var random = SplitMix(seed: 4)
        for _ in 0..<2000 {
            let milliseconds = Int.random(in: -2_208_988_800_000...4_102_444_800_000, using: &random)
            #expect(Timestamp(milliseconds: milliseconds).description == expected(milliseconds), "\(milliseconds)")
        }
    }

    @Test func `every year begins and ends, and every February ends, as Foundation says`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for year in 1583...2600 {
            for (month, day) in [(1, 1), (3, 1)] {
                let date = try #require(calendar.date(from: DateComponents(year: year, month: month, day: day)))
                let start = Int(date.timeIntervalSince1970) * 1000
                for milliseconds in [start - 1, start] {
                    #expect(Timestamp(milliseconds: milliseconds).description == expected(milliseconds))
                }
            }
        }
    }

    @Test func `every day of four centuries follows the one before`() {
        let days = 146_097
        var before = Timestamp(milliseconds: -86_400_000 * days / 2).description
        for day in 1...days {
            let text = Timestamp(milliseconds: 86_400_000 * (day - days / 2) - 43_200_000).description
            #expect(before < text)
            before = text
        }
    }

    @Test func `text order is time order`() {
        var random = SplitMix(seed: 5)
        let range = -62_167_219_200_000...Self.last
        for _ in 0..<2000 {
            let (a, b) = (Int.random(in: range, using: &random), Int.random(in: range, using: &random))
            let (left, right) = (Timestamp(milliseconds: a), Timestamp(milliseconds: b))
            #expect((left < right) == (a < b))
            #expect((left.description < right.description) == (a < b))
        }
    }

    @Test(arguments: [
        (Timestamp.distantPast, "0000-01-01T00:00:00.000Z"), (-62_167_219_200_001, "0000-01-01T00:00:00.000Z"),
        (253_402_300_800_000, "9999-12-31T23:59:59.999Z"), (.never, "9999-12-31T23:59:59.999Z"),
    ])
    func `a moment outside the calendar is written as the nearest within`(moment: Timestamp, text: String) {
        #expect(moment.description == text)
    }

    @Test func `whole milliseconds of a duration are added and taken away`() {
        let moment: Timestamp = 1_768_473_000_000
        #expect(moment + .microseconds(1999) == moment + 1 && moment - .microseconds(1999) == moment - 1)
        #expect(moment + .seconds(60) - moment == .seconds(60) && moment - (moment + 7) == .milliseconds(-7))
    }

    @Test(arguments: [Duration.seconds(Int64.max), .milliseconds(Int64.max), .seconds(10_000_000_000_000_000)])
    func `what does not fit ends at never or at the distant past`(long: Duration) {
        let (late, early) = (Timestamp.never - .seconds(1), Timestamp.distantPast + .seconds(1))
        #expect(late + long == .never && late - (.zero - long) == .never)
        #expect(early - long == .distantPast && early + (.zero - long) == .distantPast)
        #expect(Timestamp.never - Timestamp.distantPast == .milliseconds(Int64.max) - .milliseconds(Int64.min))
    }
}
