import Synchronization

/// Holds a worker's output between reads until its lines are complete.
final class OutputBox: Sendable {
    private let output = Mutex(WorkerOutput())

    /// - Parameter bytes: nil at the end.
    func lines(_ bytes: ArraySlice<UInt8>?) -> [WorkerLine] {
        output.withLock { output in
            guard let bytes else { return output.finish().map { [$0] } ?? [] }
            return output.read(bytes)
        }
    }
}
