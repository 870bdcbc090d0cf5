import Events
import HTTPTypes
import Rooms

extension Problem {
    /// The answer to what the rooms refuse, except on an event stream, where it has to be an event.
    init(_ error: RoomError) {
        switch error {
        case .full: self = .limitReached("There are as many connections as there may be; try again later.", after: 5)
        case .draining: self = .draining
        case .unavailable: self = .unavailable
        }
    }

    static let draining = Problem(.serviceUnavailable, "draining", "The gateway is going down; try again.")
        .with(.retryAfter, "5")

    static let unavailable = Problem(.serviceUnavailable, "unavailable", "The store can't be read now; try again.")
        .with(.retryAfter, "1")

    /// The same, with a failure of the store for the log.
    static func unavailable(because error: any Error) -> Problem {
        var problem = unavailable
        if let failure = error as? StoreFailure, failure.isFault { problem.failure = failure }
        return problem
    }

    /// As many connections are open as may be.
    ///
    /// - Parameter seconds: how long to wait.
    static func limitReached(_ detail: String, after seconds: Int) -> Problem {
        Problem(.tooManyRequests, "limit_reached", detail).with(.retryAfter, String(seconds))
    }
}
