public import Events
public import NIOCore
import StrictJSON
import Text

/// The gateway's own objects on a stream. None of them is logged, and only the first has an `id`.
public enum StreamEvents {
    /// `connection.established`, always first, after a `retry:`.
    ///
    /// - Parameter members: of the object from `tenant` on, as ``Standing/members(heartbeat:now:)`` makes them.
    static func established(
        _ reader: Reader, at cursor: Cursor, _ members: [UInt8], _ limits: RoomLimits
    ) -> ByteBuffer {
        var json = JSONWriter(reserving: 128 + members.count)
        json.object {
            $0.name("type"); $0.string("connection.established")
            $0.name("connectionId"); $0.string(reader.id.description)
            $0.name("userId"); $0.string(reader.user.rawValue)
            $0.elements(members)
        }
        let retry = retry(around: limits.retry)
        return reader.wire.encode(
            notice: .established(reader.id, cursor: cursor, retry: retry), json: json.bytes, id: cursor, retry: retry)
    }

    /// `subscribed`: the selection from now on. `recovered` is present only after a `since`, `id` if the command had one.
    static func subscribed(
        _ reader: Reader, boards: [BoardID], recovered: Bool?, id: JSONValue? = nil, now: Timestamp
    ) -> ByteBuffer {
        let types = reader.selection.types
        var json = JSONWriter(reserving: 256)
        json.object {
            $0.name("type"); $0.string("subscribed")
            if let id {
                $0.name("id"); $0.value(id)
            }
            $0.name("boards"); $0.array(boards) { $0.string($1.rawValue) }
            $0.name("types")
            if types.wantsEverything { $0.null() } else { $0.array(types.items) { $0.string($1) } }
            if let recovered {
                $0.name("recovered"); $0.bool(recovered)
            }
            $0.name("timestamp"); $0.string(now.description)
        }
        return reader.wire.encode(json: json.bytes)
    }

    /// `stream.resync`: the client has to reload its state; the stream continues from `cursor`.
    static func resync(
        _ reason: ResyncReason, cursor: Cursor, snapshotURL: String, on wire: Wire, now: Timestamp
    ) -> ByteBuffer {
        var json = JSONWriter()
        json.object {
            $0.name("type"); $0.string("stream.resync")
            $0.name("reason"); $0.string(reason.rawValue)
            $0.name("cursor"); $0.string(cursor.description)
            $0.name("snapshot"); $0.string(snapshotURL)
            $0.name("timestamp"); $0.string(now.description)
        }
        return wire.encode(notice: .resync(reason, cursor: cursor, snapshot: snapshotURL), json: json.bytes)
    }

    /// `token.expiring`: without a fresh token the stream ends at `expiresAt`.
    static func expiring(at expiresAt: Timestamp, on wire: Wire, now: Timestamp) -> ByteBuffer {
        var json = JSONWriter()
        json.object {
            $0.name("type"); $0.string("token.expiring")
            $0.name("expiresAt"); $0.string(expiresAt.description)
            $0.name("timestamp"); $0.string(now.description)
        }
        return wire.encode(notice: .expiring(at: expiresAt), json: json.bytes)
    }

    /// `stream.closing`, the last event. `reconnectAfter` (milliseconds) also goes into the field that a native client heeds.
    public static func closing(
        _ reason: CloseReason, reconnectAfter: Int?, on wire: Wire = .eventStream, now: Timestamp
    ) -> ByteBuffer {
        var json = JSONWriter()
        json.object {
            $0.name("type"); $0.string("stream.closing")
            $0.name("reason"); $0.string(reason.rawValue)
            if let reconnectAfter {
                $0.name("reconnectAfterMilliseconds"); $0.int(reconnectAfter)
            } else {
                $0.name("reconnect"); $0.bool(false)
            }
            $0.name("timestamp"); $0.string(now.description)
        }
        return wire.encode(
            notice: .closing(reason, reconnectAfter: reconnectAfter), json: json.bytes, retry: reconnectAfter)
    }

    /// Milliseconds within 30 % of `time`, so that clients cut together do not come back together.
    public static func retry(around time: Duration) -> Int {
        var randomness = BoughtRandomness()
        return max(1, Int(Double(time.wholeMilliseconds) * .random(in: 0.7...1.3, using: &randomness)))
    }
}
