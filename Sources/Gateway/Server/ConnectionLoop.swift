import NIOCore

/// The event loop of the connection that a task answers.
enum ConnectionLoop {
    @TaskLocal static var current: (any EventLoop)?

    /// Returns once the loop has taken what was written to the connection: only then does the next write wait where the
    /// client reads slowly. A writer that is quicker than the loop would go on and on.
    static func catchUp() async throws { try await current?.submit {}.get() }
}
