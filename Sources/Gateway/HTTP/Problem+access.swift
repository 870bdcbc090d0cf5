import Events
import HTTPTypes

extension Problem {
    // MARK: What a valid token does not allow

    /// - Parameter board: nil when the request names none.
    static func boardForbidden(_ board: BoardID? = nil) -> Problem {
        let name = board.map { "the board “\($0)”" } ?? "that board"
        return Problem(.boardForbidden, "This token is not good for \(name).")
    }

    static func roleForbidden(_ denied: PermissionDenied) -> Problem {
        Problem(.roleForbidden, denied.description)
    }

    /// The connection to be renewed is another user's.
    static let notYours = Problem(
        .notYours, "Only the user whose connection it is can renew its token.")
}
