public import Events
import StrictJSON

/// What a write came to. When a caller has it, the change and its events are on disk and announced.
public struct Commit: Sendable, Equatable {
    /// The number of the write's last event; of the tenant's newest at that moment, when nothing changed.
    public let seq: Int
    /// As it is now, or as it was last when it was deleted.
    public let task: BoardTask?
    public let board: Board?
    public let job: Job?
    /// When what is held of the job's progress is to be told; nil when nothing is. Not kept with the answer.
    public let heldUntil: Timestamp?

    init(
        seq: Int, task: BoardTask? = nil, board: Board? = nil, job: Job? = nil, heldUntil: Timestamp? = nil
    ) {
        self.seq = seq
        self.task = task
        self.board = board
        self.job = job
        self.heldUntil = heldUntil
    }

    /// For an ``Answer``; ``init(bytes:)`` reads it.
    public var bytes: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.name("seq")
            $0.int(seq)
            if let task {
                $0.name("task")
                task.write(into: &$0)
            }
            if let board {
                $0.name("board")
                board.write(into: &$0)
            }
            if let job {
                $0.name("job")
                job.write(into: &$0)
            }
        }
        return json.bytes
    }

    /// Nil when `bytes` are not from ``bytes``.
    public init?(bytes: [UInt8]) {
        // A job's input is as deep as the body that brought it, and here it is a little deeper.
        let limits = JSONParser.Limits(depth: 40)
        guard let object = try? JSONParser.parse(bytes, limits: limits).object, let seq = object["seq"]?.int else {
            return nil
        }
        self.init(
            seq: seq, task: object["task"]?.object.flatMap { BoardTask($0) },
            board: object["board"]?.object.flatMap { Board($0) }, job: object["job"]?.object.flatMap { Job($0) })
        guard (task == nil) == (object["task"] == nil), (board == nil) == (object["board"] == nil),
            (job == nil) == (object["job"] == nil)
        else { return nil }
    }
}
