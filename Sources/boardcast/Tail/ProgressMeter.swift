import StrictJSON
import Text

/// A job's progress as one line for people.
struct ProgressMeter: Sendable {
    /// Whether each line replaces the one before.
    let isLive: Bool
    private static let width = 24
    /// The most columns: a line that wraps on the terminal can't be replaced.
    private static let longest = 78

    /// - Parameter job: the data of an event of the job's stream; a finished job's line is not replaced.
    func text(_ job: JSONObject) -> EventPrinter.Text {
        let status = (job["status"]?.string ?? "?").printable
        let progress = min(max(job["progress"]?.int ?? 0, 0), 100)
        let words = [status, (job["message"]?.string ?? job["error"]?.string ?? "").printable].filter { !$0.isEmpty }
        let isEnd = ["completed", "failed", "cancelled"].contains(status)
        // A failure event has no progress.
        let isKnown = job["progress"] != nil
        var line = words.joined(separator: ": ")
        if isKnown { line = Self.percent(progress) + line }
        guard isLive else { return .line(line) }
        return .live(isKnown ? Self.bar(progress, before: line) : String(line.prefix(Self.longest)), isEnd: isEnd)
    }

    static func percent(_ progress: Int) -> String { "\(String(progress).paddedLeft(to: 3)) %  " }

    /// A bar and a line after it, cut so that it doesn't wrap.
    static func bar(_ percent: Int, before line: String) -> String {
        let done = percent * width / 100
        let bar = String(repeating: "#", count: done) + String(repeating: ".", count: width - done)
        return String("[\(bar)] \(line)".prefix(longest))
    }
}
