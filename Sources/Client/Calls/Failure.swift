/// Why something ended without its result: what kind of failure it is, and a sentence for people. Never carries a secret.
public struct Failure: Error, Equatable, CustomStringConvertible {
    /// What kind of failure it is.
    public let kind: Kind
    /// What happened, as a sentence for people.
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

extension Failure {
    /// What kind of failure it is.
    public enum Kind: Sendable {
        /// None of the others.
        case unexpected
        /// The request is invalid.
        case usage
        /// The token is missing, refused, or does not allow this.
        case auth
        case notFound
        case conflict
        /// The server is at a limit of requests or connections; try again later.
        case limited
        /// The server can't be reached, or does not work.
        case unreachable
        /// It was cancelled before its end.
        case interrupted

        /// The kind of failure that an HTTP error status means.
        public init(status: Int) {
            switch status {
            case 401, 403: self = .auth
            case 404: self = .notFound
            case 409, 412: self = .conflict
            case 429: self = .limited
            case 500...: self = .unreachable
            default: self = .usage
            }
        }
    }
}
