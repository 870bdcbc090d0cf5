import Text

extension Follower {
    /// How a connection, or the attempt at one, came to its end.
    public enum Ending: Sendable, Equatable {
        case ended
        case broken(String)
        /// Nothing came for longer than ``Follower/patience``.
        case silent
        case refused(status: Int, detail: String, retryAfter: Duration?)
    }

    /// What is to be done after a connection.
    public enum Step: Sendable, Equatable {
        case reconnect(after: Duration, because: String)
        /// There is nothing more to come.
        case done
        case stop(Failure)
    }

    /// What to do now. Only a refusal that no retry can mend, or the server's word, ends it.
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
    /// Of a refusal that no retry can mend.
    var refusal: Failure? {
        guard case .refused(let status, let detail, _) = self,
            status != 408 && status != 425 && status != 429 && status < 500
        else { return nil }
        return Failure(Failure.Kind(status: status), detail.printable)
    }

    /// How long the server asked to be left alone; nothing unless it did.
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
