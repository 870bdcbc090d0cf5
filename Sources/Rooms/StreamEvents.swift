public import Events
public import NIOCore
import StrictJSON

/// What the gateway itself says on a stream. None of it is logged, and only the first has an `id`.
public enum StreamEvents {
    /// `connection.established`, always first, behind a `retry:`.
    static func established(
        _ subscriber: Subscriber, boards: [BoardID], cursor: Cursor, recovered: Bool, behind: Int,
        limits: RoomLimits, now: Int
    ) -> ByteBuffer {
        var json = JSONWriter(reserving: 320)
        json.object {
            $0.name("type"); $0.string("connection.established")
            $0.name("connectionId"); $0.string(subscriber.id.description)
            $0.name("userId"); $0.string(subscriber.user.rawValue)
            $0.name("tenant"); $0.string(subscriber.tenant.rawValue)
            $0.name("boards"); $0.array(boards) { $0.string($1.rawValue) }
            $0.name("cursor"); $0.string(cursor.description)
            $0.name("recovered"); $0.bool(recovered)
            $0.name("behind"); $0.int(behind)
            $0.name("heartbeatSeconds"); $0.int(Int(limits.heartbeat / 1_000_000_000))
            $0.name("timestamp"); $0.string(Timestamp(milliseconds: now).description)
        }
        return StreamBytes.event(id: cursor, retry: retry(around: limits.retryMilliseconds), json: json.bytes)
    }

    /// `stream.resync`: the reader has to load its state anew; the stream goes on from `cursor`.
    public static func resync(_ reason: ResyncReason, cursor: Cursor, snapshotURL: String, now: Int) -> ByteBuffer {
        var json = JSONWriter()
        json.object {
            $0.name("type"); $0.string("stream.resync")
            $0.name("reason"); $0.string(reason.rawValue)
            $0.name("cursor"); $0.string(cursor.description)
            $0.name("snapshot"); $0.string(snapshotURL)
            $0.name("timestamp"); $0.string(Timestamp(milliseconds: now).description)
        }
        return StreamBytes.event(id: nil, json: json.bytes)
    }

    /// `stream.closing`, the last event. With `reconnectAfter` (milliseconds) a native client is told so too.
    public static func closing(_ reason: CloseReason, reconnectAfter: Int?, now: Int) -> ByteBuffer {
        var json = JSONWriter()
        json.object {
            $0.name("type"); $0.string("stream.closing")
            $0.name("reason"); $0.string(reason.rawValue)
            if let reconnectAfter {
                $0.name("reconnectAfterMilliseconds"); $0.int(reconnectAfter)
            } else {
                $0.name("reconnect"); $0.bool(false)
            }
            $0.name("timestamp"); $0.string(Timestamp(milliseconds: now).description)
        }
        return StreamBytes.event(id: nil, retry: reconnectAfter, json: json.bytes)
    }

    /// Within 30 % of `milliseconds`, so that clients cut together do not come back together.
    public static func retry(around milliseconds: Int) -> Int {
        max(1, Int(Double(milliseconds) * .random(in: 0.7...1.3)))
    }
}
