public import Events
public import NIOCore

/// An event stream's format of its own, for clients that were written for another server.
///
/// Connections of one tenant and selection whose dialects have the same name are one list and get the same bytes: these
/// depend on the name and on the event, and on nothing else. All bytes are chunks as ``StreamBytes`` makes them.
/// A stream in a dialect counts nobody as present.
public protocol Dialect: Sendable {
    var name: String { get }

    /// The bytes of an event, ephemeral ones (`seq` 0) among them; nil for none. Called once for each list.
    func encode(frame: EventFrame) -> Encoded?

    /// The bytes of a notice; they may be empty.
    ///
    /// - Parameter json: the object that plain streams are sent.
    func encode(notice: Notice, json: [UInt8]) -> ByteBuffer

    /// Sent when nothing else was for as long as a heartbeat.
    var heartbeat: ByteBuffer { get }
}

extension Dialect {
    public var heartbeat: ByteBuffer { StreamBytes.heartbeat }
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

/// What the gateway has to say on a stream, beside events.
public enum Notice: Sendable {
    /// First, always: the stream goes on from `cursor`; `retry` milliseconds are for a client that has to come back.
    case established(ConnectionID, cursor: Cursor, retry: Int)
    /// Events before `cursor` are no longer held; `snapshot` is the URL of the state.
    case resync(ResyncReason, cursor: Cursor, snapshot: String)
    /// Milliseconds since 1970.
    case expiring(at: Int)
    /// Last; `reconnectAfter` in milliseconds, nil for staying away.
    case closing(CloseReason, reconnectAfter: Int?)
}
