public import Events
public import NIOCore

/// A different format of the event stream, for clients that were written for another server.
///
/// Connections of one tenant and selection whose dialects have the same name are one list and get the same bytes: these
/// depend on the name and on the event, and on nothing else. All bytes are chunks as ``StreamBytes`` makes them. A
/// stream in a dialect does not count its user as present.
public protocol Dialect: Sendable {
    var name: String { get }

    /// The bytes of an event, logged or ephemeral (`seq` 0); nil when nothing is sent for it. Called once for each
    /// list.
    func encode(frame: EventFrame) -> Encoded?

    /// The bytes of a notice; they may be empty.
    ///
    /// - Parameter json: the object that plain streams are sent.
    func encode(notice: Notice, json: [UInt8]) -> ByteBuffer

    /// The bytes sent after a heartbeat interval in which nothing else was sent.
    var heartbeat: ByteBuffer { get }

    /// Whether a stream that can't be sent all events ends, since its client can only go on from the state with which
    /// it begins anew.
    var endsAtResync: Bool { get }
}

extension Dialect {
    public var heartbeat: ByteBuffer { StreamBytes.heartbeat }
    public var endsAtResync: Bool { false }
}

/// The bytes of one event as a connection gets them.
public struct Encoded: Sendable {
    public let bytes: ByteBuffer
    /// Whether the stream ends after it, in order and without another event.
    public let isLast: Bool

    public init(_ bytes: ByteBuffer, isLast: Bool = false) {
        self.bytes = bytes
        self.isLast = isLast
    }
}

/// What the gateway itself sends on a stream, besides events.
public enum Notice: Sendable {
    /// Always first: the stream continues from `cursor`; a client that has to reconnect waits `retry` milliseconds.
    case established(ConnectionID, cursor: Cursor, retry: Int)
    /// Events before `cursor` are no longer held; `snapshot` is the URL of the state.
    case resync(ResyncReason, cursor: Cursor, snapshot: String)
    /// Without a fresh token the stream ends then.
    case expiring(at: Timestamp)
    /// Always last; `reconnectAfter` is in milliseconds, nil when the client shall not come back.
    case closing(CloseReason, reconnectAfter: Int?)
}
