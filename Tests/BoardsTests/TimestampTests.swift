import Boards
import Contracts
import Events
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("2026-01-15T10:30:00Z", "2026-01-15T10:30:00.000Z"),
        ("2026-01-15t10:30:00z", "2026-01-15T10:30:00.000Z"),
        ("2026-01-15T10:30:00.1Z", "2026-01-15T10:30:00.100Z"),
        ("2026-01-15T10:30:00.1239999Z", "2026-01-15T10:30:00.123Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
        ("2024-02-29T23:59:59-05:30", "2024-03-01T05:29:59.000Z"),
        ("1969-12-31T23:59:59.999-00:00", "1969-12-31T23:59:59.999Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ])
    func `times of RFC 3339 are taken, whatever their offset`(_ text: String, _ expected: String) {
        #expect(Timestamp(rfc3339: text)?.description == expected)
    }

    @Test(arguments: [
        "", "2026-01-15", "2026-01-15T10:30Z", "2026-01-15 10:30:00Z", "2026-01-15T10:30:00",
        "2026-01-15T10:30:00.Z", "2026-1-15T10:30:00Z", "2026-02-29T10:30:00Z", "1900-02-29T10:30:00Z",
        "2026-13-01T10:30:00Z", "2026-00-01T10:30:00Z", "2026-04-31T10:30:00Z", "2026-01-15T24:00:00Z",
        "2026-01-15T10:60:00Z", "2026-01-15T10:30:60Z", "2026-01-15T10:30:00+1:00", "2026-01-15T10:30:00+24:00",
        "2026-01-15T10:30:00+0100", "2026-01-15T10:30:00Zx", " 2026-01-15T10:30:00Z", "+2026-01-15T10:30:00Z",
        "２０２６-01-15T10:30:00Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
    func `anything else is not`(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `every time reads back as it was written`() {
        var dice = SplitMix(seed: 7)
        for _ in 0..<20_000 {
            let time = Timestamp(milliseconds: Int.random(in: -62_167_219_200_000..<253_402_300_800_000, using: &dice))
            #expect(Timestamp(rfc3339: time.description) == time)
        }
    }
}
