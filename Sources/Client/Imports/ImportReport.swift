public import StrictJSON
import Text

/// The state of an import's job, as text for people.
public struct ImportReport: Equatable, Sendable {
    /// The job's id.
    public let id: String
    /// Percent, 0 to 100.
    public let progress: Int
    private let status: String
    private let message: String
    private let error: String?
    private let result: JSONObject?

    /// Nil when `job` is not a job.
    public init?(_ job: JSONObject) {
        guard let id = job["id"]?.string, let status = job["status"]?.string, let progress = job["progress"]?.int else {
            return nil
        }
        self.id = id
        self.status = status
        self.progress = min(max(progress, 0), 100)
        message = (job["message"]?.string ?? "").printable
        error = job["error"]?.string?.printable
        result = job["result"]?.object ?? job["details"]?.object
    }

    /// Whether the job has ended.
    public var isFinal: Bool { ["completed", "failed", "cancelled"].contains(status) }

    /// `[#########···········]  45 %  2250 of 5000 rows`
    public var bar: String {
        let done = progress / 5
        let bar = String(repeating: "#", count: done) + String(repeating: "·", count: 20 - done)
        return "[\(bar)] " + "\(progress) %".paddedLeft(to: 5) + "  " + message
    }

    /// The outcome of the import, with a line for each bad row and for whatever else is not as the file has it.
    public var summary: String {
        var lines = ["import \(status): \(message)"]
        if let error, error != status { lines.append(error) }
        if let result { lines += Self.lines(of: result) }
        return lines.joined(separator: "\n")
    }

    /// Why not every row of the file has become a task: rows were bad (usage), the job was cancelled (conflict), or it
    /// failed (unexpected). Nil when every row has.
    public var failure: Failure? {
        let kind: Failure.Kind
        switch status {
        case "completed" where bad == 0: return nil
        case "completed": kind = .usage
        case "cancelled": kind = .conflict
        default: kind = .unexpected
        }
        return Failure(kind, "not every row of the file is a task")
    }

    private var bad: Int { result?["bad"]?.int ?? 0 }
}
