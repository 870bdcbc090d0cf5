import Text

extension Follower {
    /// How a connection, or the attempt at one, ended.
    public enum Ending: Sendable, Equatable {
        case ended
        case broken(String)
        /// Nothing was received for longer than ``Follower/patience``.
        case silent
        case refused(status: Int, detail: String, retryAfter: Duration?)
    }

    /// What to do after a connection has ended.
    public enum Step: Sendable, Equatable {
        case reconnect(after: Duration, because: String)
        /// The stream has ended for good.
        case done
        case stop(Failure)
    }

    /// Decides what to do next. Only a refusal that no retry can change, or the server's instruction, ends it.
    public mutating func step(after ending: Ending, using generator: inout any RandomNumberGenerator) -> Step {
        if case .stayAway(let reason) = closing {
            return .stop(Failure(.auth, "the server ended the stream: \(reason)"))
        }
        if let refusal = ending.refusal { return .stop(refusal) }
        let why = ending.words(patience: patience)
        let wait = backoff.next(atLeast: max(retry, ending.retryAfter), using: &generator)
        if case .comeBack(let delay) = closing { return .reconnect(after: delay, because: why) }
        return .reconnect(after: wait, because: why)
    }
}

extension Follower.Ending {
    /// The failure of a refusal that no retry can change; nil for others.
    var refusal: Failure? {
        guard case .refused(let status, let detail, _) = self,
            status != 408 && status != 425 && status != 429 && status < 500
        else { return nil }
        return Failure(Failure.Kind(status: status), detail.printable)
    }

    /// The server's `Retry-After`; zero without one.
    var retryAfter: Duration {
        if case .refused(_, _, let after?) = self { after } else { .zero }
    }

    func words(patience: Duration) -> String {
        switch self {
        case .ended: "the connection ended"
        case .broken(let problem): problem.printable
        case .silent: "nothing was heard for \(patience.text)"
        case .refused(_, let detail, _): detail.printable
        }
    }
}
