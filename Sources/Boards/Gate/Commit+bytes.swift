import Events
import StrictJSON

/// A commit as an ``Answer`` keeps it for a day: what one version wrote, the next must read.
extension Commit where Subject == Written {
    /// The commit encoded for an ``Answer``; ``init(bytes:)`` reads it.
    public var bytes: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.name("seq")
            $0.int(seq)
            switch subject {
            case .task(let task):
                $0.name("task")
                task.write(into: &$0)
                $0.name("epoch")
                $0.string(task.epoch.description)
            case .board(let board):
                $0.name("board")
                board.write(into: &$0)
                $0.name("epoch")
                $0.string(board.epoch.description)
            case .job(let row):
                $0.name("job")
                row.job.write(into: &$0)
            case .nothing: break
            }
        }
        return json.bytes
    }

    /// Nil when `bytes` are not from ``bytes``.
    public init?(bytes: [UInt8]) {
        // A job's input is as deep as the body that brought it, and here it is a little deeper.
        let limits = JSONParser.Limits(depth: 40)
        guard let object = try? JSONParser.parse(bytes, limits: limits).object, let seq = object["seq"]?.int,
            let subject = Written(object)
        else { return nil }
        self.init(seq: seq, subject)
    }
}

extension Written {
    fileprivate init?(_ object: JSONObject) {
        if let value = object["task"] {
            guard var task = value.object.flatMap({ BoardTask($0) }) else { return nil }
            task.epoch = Epoch(of: object)
            self = .task(task)
        } else if let value = object["board"] {
            guard var board = value.object.flatMap({ Board($0) }) else { return nil }
            board.epoch = Epoch(of: object)
            self = .board(board)
        } else if let value = object["job"] {
            guard let job = value.object.flatMap({ Job($0) }) else { return nil }
            // The answer does not record which progress is held.
            self = .job(StoredJob(job: job, toldAt: nil, isHeld: false))
        } else {
            self = .nothing
        }
    }
}

extension Epoch {
    /// Unknown in an answer that was kept before epochs were logged.
    fileprivate init(of answer: JSONObject) { self = answer["epoch"]?.string.flatMap { Epoch($0) } ?? .unknown }
}
