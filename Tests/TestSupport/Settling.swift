public import NIOCore
public import Testing

extension EventLoop {
    /// Lets the loop, its timers and whatever it waits for go on until `done`, which is asked on the loop.
    ///
    /// Records an issue when that never comes about.
    public func settle(
        at place: SourceLocation = #_sourceLocation, _ done: @escaping @Sendable () -> Bool
    ) async throws {
        if try await comesTrue({ try await submit(done).get() }) { return }
        Issue.record("this never came about", sourceLocation: place)
    }
}
