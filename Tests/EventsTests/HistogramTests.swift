import Events
import Testing

struct HistogramTests {
    @Test func `a value is in the first range whose bound it does not exceed`() {
        var histogram = Histogram([1, 2.5, 10])
        for value in [0, 1, 1.1, 2.5, 9, 10, 10.1, 1e9] { histogram.add(value) }
        #expect(histogram.counts == [2, 2, 2, 2])
        #expect(histogram.count == 8)
        #expect(abs(histogram.sum - (1e9 + 33.7)) < 0.001)
    }

    @Test func `times are counted in seconds, and two histograms add up`() {
        var (one, other) = (Histogram.times, Histogram.times)
        one.add(.milliseconds(3))
        other.add(.microseconds(50))
        other.add(.seconds(60))
        one.add(other)
        #expect(one.count == 3)
        #expect(one.counts.first == 1 && one.counts.last == 1)
        #expect(abs(one.sum - 60.00305) < 1e-9)
        #expect(Histogram.times.bounds == Histogram.times.bounds.sorted())
    }
}
