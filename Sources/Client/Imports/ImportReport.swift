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

    /// The outcome of the import, with one line for each bad row.
    public var summary: String {
        var lines = ["import \(status): \(message)"]
        if let error, error != status { lines.append(error) }
        let archived = result?["archived"]?.int ?? 0
        if archived > 0 { lines.append("archived cards left out: \(archived)") }
        for status in objects("unknownStatuses") {
            let name = (status["status"]?.string ?? "").printable
            lines.append("no status “\(name)” on the board: \(status["tasks"]?.int ?? 0) tasks put first")
        }
        let columns = result?["ignoredColumns"]?.array?.compactMap(\.string) ?? []
        if !columns.isEmpty { lines.append("columns passed over: \(columns.joined(separator: ", ").printable)") }
        let rows = objects("badRows")
        for row in rows { lines.append("row \(row["row"]?.int ?? 0): \((row["reason"]?.string ?? "").printable)") }
        if bad > rows.count { lines.append("and \(bad - rows.count) more bad rows") }
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

    private func objects(_ name: String) -> [JSONObject] { result?[name]?.array?.compactMap(\.object) ?? [] }
}
