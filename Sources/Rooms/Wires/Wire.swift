public import Events
import NIOCore

/// The transport and format of a connection: the same event objects, framed as the transport requires.
///
/// This module writes what goes to the socket, so the framing is known here, and here alone: chunks of HTTP/1.1 (RFC 9112
/// §7.1) around Server-Sent Events in ``StreamBytes``, frames of RFC 6455 in ``SocketBytes``. Requests and responses are not.
public enum Wire: Sendable {
    /// Server-Sent Events in the chunks of an HTTP/1.1 response (HTML §9.2).
    case eventStream
    /// One text frame an object (RFC 6455 §5.6).
    case webSocket
    /// Only a mark for each logged event: a polling client's request reads the log itself.
    case poll
    /// Server-Sent Events in another shape.
    case dialect(any Dialect)

    /// The name of the transport: `sse`, `websocket` or `poll`.
    public var transport: String {
        switch self {
        case .eventStream, .dialect: "sse"
        case .webSocket: "websocket"
        case .poll: "poll"
        }
    }
}

extension Wire: Hashable {
    public static func == (one: Wire, other: Wire) -> Bool {
        switch (one, other) {
        case (.eventStream, .eventStream), (.webSocket, .webSocket), (.poll, .poll): true
        case (.dialect(let one), .dialect(let other)): one.name == other.name
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(transport)
        if case .dialect(let dialect) = self { hasher.combine(dialect.name) }
    }
}

extension Wire {
    /// The bytes of a committed or ephemeral event; nil when nothing is sent for it.
    func encode(frame: EventFrame) -> Encoded? {
        switch self {
        case .eventStream: Encoded(frame.bytes)
        case .webSocket: Encoded(SocketBytes.text(frame.json))
        case .poll: frame.seq > 0 ? Encoded(Self.mark) : nil
        case .dialect(let dialect): dialect.encode(frame: frame)
        }
    }

    /// The bytes of a notice; dialects have their own form of it.
    ///
    /// - Parameters: as for ``encode(json:id:retry:)``.
    func encode(notice: Notice, json: [UInt8], id: Cursor? = nil, retry: Int? = nil) -> ByteBuffer {
        if case .dialect(let dialect) = self { return dialect.encode(notice: notice, json: json) }
        return encode(json: json, id: id, retry: retry)
    }

    /// The bytes of an object of the gateway's own.
    ///
    /// - Parameters:
    ///   - id: where a native EventSource shall resume; nil leaves it alone.
    ///   - retry: milliseconds that one shall wait before it reconnects.
    func encode(json: [UInt8], id: Cursor? = nil, retry: Int? = nil) -> ByteBuffer {
        switch self {
        case .eventStream, .dialect: StreamBytes.event(id: id, retry: retry, json: json)
        case .webSocket: SocketBytes.text(ByteBuffer(bytes: json))
        case .poll: ByteBuffer()
        }
    }

    /// Bytes without content, which show that the connection is alive.
    var heartbeat: ByteBuffer {
        switch self {
        case .eventStream: StreamBytes.heartbeat
        case .webSocket: SocketBytes.ping
        case .poll: ByteBuffer()
        case .dialect(let dialect): dialect.heartbeat
        }
    }

    /// The last bytes of a connection that ends regularly.
    func end(_ reason: CloseReason) -> ByteBuffer {
        switch self {
        case .eventStream, .dialect: StreamBytes.end
        case .webSocket: SocketBytes.close(reason.socketCode, reason.rawValue)
        case .poll: ByteBuffer()
        }
    }

    private static let mark = ByteBuffer(bytes: [UInt8(ascii: "e")])
}

extension CloseReason {
    /// The close code of a WebSocket (RFC 6455 §7.4; 4000 and above are our own).
    public var socketCode: UInt16 {
        switch self {
        case .tokenExpired, .revoked: 4001
        case .accessLost: 4003
        case .stalled: 4008
        case .serverDraining: 1001
        case .limitReached: 1013
        case .admin: 1008
        case .maxAge: 1000
        }
    }
}
