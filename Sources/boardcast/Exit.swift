import ArgumentParser
import Client
import ServerSettings

/// The exit code of a command.
enum Exit: Int32 {
    case ok = 0
    /// None of the others.
    case unexpected = 1
    /// The arguments or the configuration are invalid.
    case usage = 2
    /// The token is missing, refused, or does not allow this.
    case auth = 3
    case notFound = 4
    case conflict = 5
    /// The server is at a limit of requests or connections; try again later.
    case limited = 6
    /// The server can't be reached, or does not work.
    case unreachable = 7
    case interrupted = 130

    /// The exit code for a kind of failure.
    init(_ kind: Failure.Kind) {
        switch kind {
        case .unexpected: self = .unexpected
        case .usage: self = .usage
        case .auth: self = .auth
        case .notFound: self = .notFound
        case .conflict: self = .conflict
        case .limited: self = .limited
        case .unreachable: self = .unreachable
        case .interrupted: self = .interrupted
        }
    }

    /// The exit code for any error that a command throws.
    ///
    /// ArgumentParser's errors count as usage, as do invalid settings.
    init(of error: any Error) {
        switch error {
        case let failure as Failure: self.init(failure.kind)
        case is InvalidSettings: self = .usage
        case is StandardOutput.Closed: self = .ok
        default:
            switch Boardcast.exitCode(for: error) {
            case .success: self = .ok
            case .validationFailure: self = .usage
            default: self = .unexpected
            }
        }
    }
}
