/// How much of a tenant's log is held.
public struct Retention: Sendable, Equatable {
    /// Events; older ones are out of reach at once, and removed in the background.
    public var count: Int
    /// How old an event may become; enforced in the background.
    public var age: Duration

    public init(count: Int = 100_000, age: Duration = .seconds(7 * 86_400)) {
        self.count = max(count, 1)
        self.age = age
    }

    /// The oldest number within reach, of a tenant whose newest is `head` and whose oldest still held is `stored`.
    public func oldest(stored: Int, head: Int) -> Int { max(stored, head - count + 1) }
}
