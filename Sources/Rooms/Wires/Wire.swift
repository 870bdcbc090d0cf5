public import Events
import NIOCore

/// How events look to a connection: the same objects, wrapped as its transport wants them.
public enum Wire: Sendable {
    /// Server-Sent Events in the chunks of an HTTP/1.1 response (HTML §9.2).
    case eventStream
    /// One text frame an object (RFC 6455 §5.6).
    case webSocket
    /// A mark for each event of the log and nothing else: whoever polls reads the log itself.
    case poll
    /// Server-Sent Events in another shape.
    case dialect(any Dialect)

    /// What carries it: `sse`, `websocket` or `poll`.
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
    /// A committed or ephemeral event; nil when nothing is told of it.
    func tell(_ frame: EventFrame) -> Telling? {
        switch self {
        case .eventStream: Telling(frame.bytes)
        case .webSocket: Telling(SocketBytes.text(frame.json))
        case .poll: frame.seq > 0 ? Telling(Self.mark) : nil
        case .dialect(let dialect): dialect.tell(frame)
        }
    }

    /// Something that the gateway itself says, of the kind that dialects know.
    ///
    /// - Parameters: as for ``event(id:retry:json:)``.
    func say(_ word: GatewayWord, id: Cursor? = nil, retry: Int? = nil, json: [UInt8]) -> ByteBuffer {
        if case .dialect(let dialect) = self { return dialect.say(word, json: json) }
        return event(id: id, retry: retry, json: json)
    }

    /// Something that the gateway itself says.
    ///
    /// - Parameters:
    ///   - id: where a native EventSource shall resume; nil leaves it alone.
    ///   - retry: milliseconds that one shall wait before it reconnects.
    func event(id: Cursor? = nil, retry: Int? = nil, json: [UInt8]) -> ByteBuffer {
        switch self {
        case .eventStream, .dialect: StreamBytes.event(id: id, retry: retry, json: json)
        case .webSocket: SocketBytes.text(ByteBuffer(bytes: json))
        case .poll: ByteBuffer()
        }
    }

    /// Bytes that say nothing, but show that the connection is alive.
    var heartbeat: ByteBuffer {
        switch self {
        case .eventStream: StreamBytes.heartbeat
        case .webSocket: SocketBytes.ping
        case .poll: ByteBuffer()
        case .dialect(let dialect): dialect.heartbeat
        }
    }

    /// The last bytes of a connection that ends in order.
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
