/// How a command ends, as its caller's shell sees it.
public enum Exit: Int32, Sendable {
    case ok = 0
    /// Nothing of the below; not the caller's fault.
    case unexpected = 1
    /// What was asked for, or the configuration, is wrong.
    case usage = 2
    /// The token is missing, refused, or not good for this.
    case auth = 3
    case notFound = 4
    case conflict = 5
    /// Too many requests or connections for now.
    case limited = 6
    /// No server there, or none that works.
    case unreachable = 7
    case interrupted = 130

    /// What a refusal with this HTTP status comes to.
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

/// Why a command ended without doing its work: the words for stderr and the exit code. Never carries a secret.
public struct Failure: Error, Equatable, CustomStringConvertible {
    public let exit: Exit
    public let message: String

    public init(_ exit: Exit, _ message: String) {
        self.exit = exit
        self.message = message
    }

    public var description: String { message }
}
