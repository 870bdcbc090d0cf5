public import Events

/// The version that a task or board must have for a write to be done, or several of which it must have one.
public struct ExpectedVersion: Sendable, Equatable, ExpressibleByIntegerLiteral {
    private struct Version: Sendable, Equatable {
        let number: Int
        /// The epoch in which that version was written; nil for any.
        let epoch: Epoch?
    }

    private let versions: [Version]

    /// - Parameter epoch: the one in which the version was written; nil for any.
    public init(_ number: Int, in epoch: Epoch? = nil) { versions = [Version(number: number, epoch: epoch)] }

    /// Without any nothing has the version.
    public init(anyOf expected: [ExpectedVersion]) { versions = expected.flatMap(\.versions) }

    public init(integerLiteral number: Int) { self.init(number) }

    func isThat(of task: BoardTask) -> Bool { matches(task.version, task.epoch) }
    func isThat(of board: Board) -> Bool { matches(board.version, board.epoch) }

    private func matches(_ number: Int, _ epoch: Epoch) -> Bool {
        versions.contains { $0.number == number && ($0.epoch == nil || $0.epoch == epoch) }
    }
}
