import Boards
import Events
import StrictJSON
import Text
import Tokens

/// What an import goes by, whichever run of the gateway works on it: it gives its jobs their ids, and each batch of its
/// rows the key under which it is written once.
struct ImportName: Equatable {
    /// 32 characters of `[0-9a-f]`.
    let seed: String

    /// The same for the same `Idempotency-Key` of a user; of its own when there is none.
    init(key: String?, of author: Principal) {
        seed = key.map { Self.digest("key\n\(author.tenant)\n\(author.user)\n\($0)") } ?? JobID.random().rawValue
    }

    /// Of a job's input, when it was the gateway that made the job: ids of others are random.
    init?(_ job: Job) {
        guard let input = job.input?.object, let seed = input["import"]?.string, let attempt = input["attempt"]?.int
        else { return nil }
        self.seed = seed
        guard self.job(attempt) == job.id else { return nil }
    }

    /// - Parameter attempt: from 0; the next one goes on where the one before ended.
    func job(_ attempt: Int) -> JobID { JobID(Self.digest("job\n\(seed)\n\(attempt)"))! }

    /// What the batch that begins at the row `index` is written by; the `op` of its events.
    func batch(_ index: Int) -> String { "import:\(seed):\(index)" }

    /// What the job of an attempt after the first is made by.
    func attempt(_ number: Int) -> String { "import:\(seed):attempt:\(number)" }

    private static func digest(_ text: String) -> String {
        sha256(Array("boardcast import\n\(text)".utf8)).prefix(16).map(\.hexDigits).joined()
    }
}
