/// What nodes tell each other at once. Each wake may be lost.
protocol NodeWakes: Sendable {
    func hear(
        _ channel: String, _ heard: @escaping @Sendable (_ payload: String) -> Void,
        mayHaveMissed: @escaping @Sendable () -> Void)
    @discardableResult func tell(_ channel: String, _ payload: String) -> Bool
}

/// None: what is to be read is found by the next beat.
struct NoWakes: NodeWakes {
    func hear(
        _ channel: String, _ heard: @escaping @Sendable (_ payload: String) -> Void,
        mayHaveMissed: @escaping @Sendable () -> Void
    ) {}
    func tell(_ channel: String, _ payload: String) -> Bool { false }
}
