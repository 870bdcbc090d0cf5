/// Why the server ends a stream; sent in-stream with `stream.closing`.
public enum CloseReason: String, Sendable, CaseIterable {
    case tokenExpired = "token_expired"
    /// The token was revoked.
    case revoked
    /// A renewed token allows none of the boards that the connection shows.
    case accessLost = "access_lost"
    case serverDraining = "server_draining"
    case limitReached = "limit_reached"
    case stalled
    /// An admin cut it.
    case admin
    /// It has lived as long as a stream of its kind may.
    case maxAge = "max_age"
}
