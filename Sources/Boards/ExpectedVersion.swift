public import Events

/// The version that a task or board must have for a write to be done.
public struct ExpectedVersion: Sendable, Equatable, ExpressibleByIntegerLiteral {
    public let number: Int
    /// The epoch in which that version was written; nil for any.
    public let epoch: Epoch?

    public init(_ number: Int, in epoch: Epoch? = nil) {
        self.number = number
        self.epoch = epoch
    }

    public init(integerLiteral number: Int) { self.init(number) }

    func isThat(of task: BoardTask) -> Bool { matches(task.version, task.epoch) }
    func isThat(of board: Board) -> Bool { matches(board.version, board.epoch) }

    private func matches(_ number: Int, _ epoch: Epoch) -> Bool {
        number == self.number && (self.epoch == nil || self.epoch == epoch)
    }
}
