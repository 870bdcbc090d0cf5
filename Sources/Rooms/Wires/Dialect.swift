public import Events
public import NIOCore

/// A shape of its own in which an event stream tells what happens, for clients that were written for another server.
///
/// Connections of one tenant and selection whose dialects have the same name are one list and get the same bytes: what
/// is told depends on the name and on the event, and on nothing else. All bytes are chunks as ``StreamBytes`` makes them.
/// A stream in a dialect counts nobody as present.
public protocol Dialect: Sendable {
    var name: String { get }

    /// What is told of an event, ephemeral ones (`seq` 0) among them; nil for nothing. Called once for each list.
    func tell(_ frame: EventFrame) -> Telling?

    /// What is told of something that the gateway itself says; no bytes for nothing.
    ///
    /// - Parameter json: the object that plain streams are told.
    func say(_ word: GatewayWord, json: [UInt8]) -> ByteBuffer

    /// Sent when nothing else was for as long as a heartbeat.
    var heartbeat: ByteBuffer { get }
}

extension Dialect {
    public var heartbeat: ByteBuffer { StreamBytes.heartbeat }
}

/// What a connection is told of one event.
public struct Telling: Sendable {
    public let bytes: ByteBuffer
    /// Whether the stream ends behind it, in order and without another word.
    public let isLast: Bool

    public init(_ bytes: ByteBuffer, isLast: Bool = false) {
        self.bytes = bytes
        self.isLast = isLast
    }
}

/// Something that the gateway itself says on a stream.
public enum GatewayWord: Sendable {
    /// First, always: the stream goes on from `cursor`; `retry` milliseconds are for a client that has to come back.
    case established(ConnectionID, cursor: Cursor, retry: Int)
    /// What lies before `cursor` is not to be had; `snapshot` is the URL of the state.
    case resync(ResyncReason, cursor: Cursor, snapshot: String)
    /// Milliseconds since 1970.
    case expiring(at: Int)
    /// Last; `reconnectAfter` in milliseconds, nil for staying away.
    case closing(CloseReason, reconnectAfter: Int?)
}
