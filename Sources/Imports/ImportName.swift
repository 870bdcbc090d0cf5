import Boards
import Events
import StrictJSON
import Text
import Tokens

/// The identity of an import, stable across restarts of the gateway: the ids of its jobs and the idempotency keys of
/// its batches are derived from it.
///
/// It is random, and found again by the answer that is kept to the user's `Idempotency-Key`: when that is lost with a
/// life of the database, no later import has the name or the jobs of the lost one.
struct ImportName: Equatable {
    /// 32 characters of `[0-9a-f]`.
    let seed: String

    static func random() -> ImportName { ImportName(seed: JobID.random().rawValue) }

    private init(seed: String) { self.seed = seed }

    /// The name in a job's input; nil unless the gateway made the job, since ids of other jobs are random.
    init?(_ job: Job) {
        guard let input = job.input?.object, let seed = input["import"]?.string, let attempt = input["attempt"]?.int
        else { return nil }
        self.seed = seed
        guard self.job(attempt) == job.id else { return nil }
    }

    /// - Parameter attempt: from 0; each attempt continues where the one before ended.
    func job(_ attempt: Int) -> JobID { JobID(Self.digest("job\n\(seed)\n\(attempt)"))! }

    /// The idempotency key of the batch that begins at the row `index`; also the `op` of its events.
    func batch(_ index: Int) -> String { "import:\(seed):\(index)" }

    /// The idempotency key that makes the job of an attempt after the first.
    func attempt(_ number: Int) -> String { "import:\(seed):attempt:\(number)" }

    private static func digest(_ text: String) -> String {
        sha256(Array("boardcast import\n\(text)".utf8)).prefix(16).map(\.hexDigits).joined()
    }
}
