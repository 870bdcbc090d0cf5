import NIOCore

/// A connection that speaks HTTP requests, or has not begun to, as ``RequestWatch`` sees it.
protocol WatchedConnection: AnyObject {
    /// Ends it if its client is too slow.
    func look(at now: NIODeadline)
    /// Since when it has no request to be answered; nil while it has.
    func idleSince(at now: NIODeadline) -> NIODeadline?
    /// Since when it has waited for the rest of a body; nil while it does not.
    func pausedSince(at now: NIODeadline) -> NIODeadline?
    /// Closes it while it is idle, so that another can be accepted.
    func makeRoom()
    /// Ends it once its requests are answered: the gateway shuts down.
    func quiesce()
}

extension WatchedConnection {
    /// Before its first request is decided there is no body.
    func pausedSince(at now: NIODeadline) -> NIODeadline? { nil }
}
