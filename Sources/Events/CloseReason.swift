/// Why the server ends a stream; told in-stream as `stream.closing`.
public enum CloseReason: String, Sendable {
    case tokenExpired = "token_expired"
    case serverDraining = "server_draining"
    case limitReached = "limit_reached"
    case stalled
}
