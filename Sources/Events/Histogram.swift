/// How many values fell into each of some ranges, for metrics. Adding one allocates nothing.
public struct Histogram: Sendable, Equatable {
    /// The highest value of each range, ascending; above the last there is one more range.
    public let bounds: [Double]
    /// How many values are in each range and in no lower one; one more than there are bounds.
    public private(set) var counts: [Int]
    public private(set) var sum = 0.0

    /// - Parameter bounds: ascending.
    public init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    public var count: Int { counts.reduce(0, +) }

    public mutating func add(_ value: Double) {
        var range = 0
        while range < bounds.count, value > bounds[range] { range += 1 }
        counts[range] += 1
        sum += value
    }

    public mutating func add(_ time: Duration) { add(time / .seconds(1)) }

    /// Adds all values of `other`, which has the same bounds.
    public mutating func add(_ other: Histogram) {
        for range in counts.indices { counts[range] += other.counts[range] }
        sum += other.sum
    }

    /// Of times, in seconds: from 100 µs to 10 s.
    public static let times = Histogram([
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ])
}
