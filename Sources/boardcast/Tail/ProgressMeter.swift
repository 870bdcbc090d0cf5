import StrictJSON
import Text

/// A job's progress as one line for people.
struct ProgressMeter: Sendable {
    /// Whether the line is written over the one before.
    let isLive: Bool
    private static let width = 24
    /// A line that a terminal breaks in two can't be written over.
    private static let longest = 78

    /// - Parameter job: what an event of the job's stream says; a finished job's line stays.
    func text(_ job: JSONObject) -> EventPrinter.Text {
        let status = (job["status"]?.string ?? "?").printable
        let progress = min(max(job["progress"]?.int ?? 0, 0), 100)
        let words = [status, (job["message"]?.string ?? job["error"]?.string ?? "").printable].filter { !$0.isEmpty }
        let isEnd = ["completed", "failed", "cancelled"].contains(status)
        // A failure does not say how far it came.
        let isKnown = job["progress"] != nil
        var line = words.joined(separator: ": ")
        if isKnown { line = "\(String(progress).paddedLeft(to: 3)) %  \(line)" }
        guard isLive else { return .line(line) }
        if isKnown {
            let done = progress * Self.width / 100
            let bar = String(repeating: "#", count: done) + String(repeating: ".", count: Self.width - done)
            line = "[\(bar)] \(line)"
        }
        return .live(String(line.prefix(Self.longest)), isEnd: isEnd)
    }
}
