import Events
import NIOCore
import NIOHTTP1
import Rooms

/// What goes out before a stream's first event, and instead of a stream that must wait.
struct StreamResponses: Sendable {
    let live: LiveSettings

    /// The head of a stream that `tenant`'s token opens.
    func head(for request: HTTPRequestHead, of tenant: TenantID) -> ByteBuffer {
        RawResponse.streamHead(extra: cors(request, of: tenant))
    }

    /// What a native EventSource needs instead of a status: it never comes back after any but 200.
    func refusal(
        _ error: RoomError, _ request: HTTPRequestHead, of tenant: TenantID, on wire: Wire, now: Int
    ) -> ByteBuffer {
        let settings = live.current
        let reason: CloseReason = error == .draining ? .serverDraining : .limitReached
        let delay = StreamEvents.retry(
            around: error == .draining ? settings.drainMilliseconds / 2 : settings.retryMilliseconds)
        var bytes = RawResponse.streamHead(extra: cors(request, of: tenant) + [("Connection", "close")])
        bytes.writeImmutableBuffer(StreamEvents.closing(reason, reconnectAfter: delay, on: wire, now: now))
        bytes.writeImmutableBuffer(StreamBytes.end)
        return bytes
    }

    /// - Parameter tenant: whose token it is; nil without a valid token.
    func cors(_ request: HTTPRequestHead, of tenant: TenantID?) -> [(String, String)] {
        let settings = live.current
        guard settings.hasOrigins else { return [] }
        guard let origin = request.headers.first(name: "origin"), settings.lets(origin, read: tenant) else {
            return [("Vary", "Origin")]
        }
        return [
            ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin"),
        ]
    }
}
