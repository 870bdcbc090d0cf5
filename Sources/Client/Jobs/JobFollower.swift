import StrictJSON
import Text

/// Follows one job (`/api/jobs/{id}/stream`) to its end.
///
/// Each connection begins with the job's current state, so there is nothing to resume; earlier reports are not
/// repeated.
public struct JobFollower: Following {
    /// How a job ended.
    public enum End: Sendable, Equatable {
        case completed
        /// `status` is `failed` or `cancelled`.
        case failed(status: String, error: String)
    }

    private var parser = EventStreamParser()
    private var last = ""
    private var backoff = Backoff()
    private var retry = Backoff.first
    private var dismissal: String?
    /// Nil while the job goes on.
    public private(set) var end: End?

    /// A follower that has seen nothing of the job yet.
    public init() {}

    /// Empty, since there is nothing to resume.
    public var lastEventID: String { "" }
    /// Longer than two of the stream's heartbeats.
    public var patience: Duration { .seconds(50) }

    public mutating func begin() {
        parser = EventStreamParser()
        dismissal = nil
    }

    public mutating func read(_ bytes: some Sequence<UInt8>) throws(EventStreamParser.TooLong) -> [Follower.Output] {
        var output: [Follower.Output] = []
        for item in try parser.read(bytes) {
            switch item {
            case .retry(let delay): retry = min(max(delay, .milliseconds(100)), .seconds(3600))
            case .event(let event):
                if let object = try? JSONParser.parse(event.data.utf8, limits: Self.limits).object {
                    take(event, object, into: &output)
                }
            }
        }
        return output
    }

    private mutating func take(_ event: ServerSentEvent, _ object: JSONObject, into output: inout [Follower.Output]) {
        switch event.type {
        case "progress": break
        case "completed": end = .completed
        case "failed":
            let error = (object["error"]?.string ?? "no reason given").printable
            end = .failed(status: (object["status"]?.string ?? "failed").printable, error: error)
        case "stream.closing":
            let reason = (object["reason"]?.string ?? "no reason given").printable
            if object["reconnect"]?.bool == false { dismissal = reason }
            // At its maximum age a stream ends regularly, and the next one continues.
            if reason != "max_age" { output.append(.note("the server ends the stream: \(reason)")) }
            return
        default: return
        }
        backoff.reset()
        guard !event.data.hasSameBytes(as: last) else { return }
        last = event.data
        output.append(.event(FollowedEvent(event, object)))
    }

    public mutating func step(
        after ending: Follower.Ending, using generator: inout any RandomNumberGenerator
    ) -> Follower.Step {
        switch end {
        case .completed: return .done
        case .failed(let status, let error): return .stop(Failure(.unexpected, "the job \(status): \(error)"))
        case nil: break
        }
        if let dismissal { return .stop(Failure(.auth, "the server ended the stream: \(dismissal)")) }
        if let refusal = ending.refusal { return .stop(refusal) }
        let wait = backoff.next(atLeast: max(retry, ending.retryAfter), using: &generator)
        return .reconnect(after: wait, because: ending.words(patience: patience))
    }

    private static let limits = JSONParser.Limits(bytes: 1 << 20, depth: 64)
}
