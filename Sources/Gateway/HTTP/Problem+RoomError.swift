import Events
import HTTPTypes
import Rooms

extension Problem {
    /// The answer to a refusal by the rooms, except on an event stream, where it has to be an event.
    init(_ error: RoomError) {
        switch error {
        case .full: self = .limitReached("There are as many connections as there may be; try again later.", after: 5)
        case .draining: self = .draining
        case .unavailable: self = .unavailable
        }
    }

    static let draining = Problem(.draining, "The gateway is going down; try again.")
        .with(.retryAfter, "5")

    static let unavailable = Problem(.unavailable, "The store can't be read now; try again.")
        .with(.retryAfter, "1")

    /// The answer when the log can't be read; carries the store's failure for the server's log.
    static func unavailable(because error: any Error) -> Problem {
        var problem = unavailable
        if let failure = error as? StoreFailure, case .broken = failure { problem.failure = failure }
        return problem
    }

    /// The answer at a limit of connections.
    ///
    /// - Parameter seconds: how long to wait.
    static func limitReached(_ detail: String, after seconds: Int) -> Problem {
        Problem(.limitReached, detail).with(.retryAfter, String(seconds))
    }
}
