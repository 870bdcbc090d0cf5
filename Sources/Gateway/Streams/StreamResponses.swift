import Events
import NIOCore
import NIOHTTP1
import Rooms

/// The response heads of streams, and the answers to refused streams.
struct StreamResponses: Sendable {
    let live: LiveSettings

    /// The head of a stream that `tenant`'s token opens.
    func head(for version: HTTPVersion, origin: String?, of tenant: TenantID) -> ByteBuffer {
        RawResponse.streamHead(for: version, extra: cors(origin, of: tenant))
    }

    /// A refusal as a 200 event stream: a native EventSource never reconnects after any other status.
    func refusal(
        _ error: RoomError, for version: HTTPVersion, origin: String?, of tenant: TenantID, on wire: Wire,
        now: Timestamp
    ) -> ByteBuffer {
        let settings = live.current
        let reason: CloseReason = error == .draining ? .serverDraining : .limitReached
        let delay = StreamEvents.retry(
            around: error == .draining ? settings.drain / 2 : settings.retry)
        let ending = version == .http1_0 ? [] : [("Connection", "close")]
        var bytes = RawResponse.streamHead(for: version, extra: cors(origin, of: tenant) + ending)
        bytes.writeImmutableBuffer(StreamEvents.closing(reason, reconnectAfter: delay, on: wire, now: now))
        bytes.writeImmutableBuffer(StreamBytes.end)
        return bytes
    }

    /// - Parameter tenant: the tenant of the token; nil without a valid token.
    func cors(_ origin: String?, of tenant: TenantID?) -> [(String, String)] {
        guard live.read({ $0.hasOrigins }) else { return [] }
        let settings = live.current
        guard let origin = origin.map(RequestOrigin.name), settings.lets(origin, read: tenant) else {
            return [("Vary", "Origin")]
        }
        return [
            ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin"),
        ]
    }
}
