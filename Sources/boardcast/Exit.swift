import ArgumentParser
import Client
import ServerSettings

/// How a command ends, as its caller's shell sees it.
enum Exit: Int32 {
    case ok = 0
    /// None of the others.
    case unexpected = 1
    /// What was asked for, or the configuration, is wrong.
    case usage = 2
    /// The token is missing, refused, or does not allow this.
    case auth = 3
    case notFound = 4
    case conflict = 5
    /// There are too many requests or connections for now.
    case limited = 6
    /// There is no server, or none that works.
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

    /// The exit code for whatever a command throws.
    ///
    /// ArgumentParser's own refusals are of usage, as are settings that are wrong.
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
