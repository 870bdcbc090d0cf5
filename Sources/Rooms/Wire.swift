public import Events
public import NIOCore

/// How events look to a connection: the same objects, wrapped as its transport wants them.
public enum Wire: String, Sendable, Hashable {
    /// Server-Sent Events in the chunks of an HTTP/1.1 response (HTML §9.2).
    case eventStream = "sse"
    /// One text frame an object (RFC 6455 §5.6).
    case webSocket = "websocket"
    /// A mark for each event of the log and nothing else: whoever polls reads the log itself.
    case poll
}

extension Wire {
    /// A committed or ephemeral event.
    func frame(_ frame: EventFrame) -> ByteBuffer {
        switch self {
        case .eventStream: frame.bytes
        case .webSocket: SocketBytes.text(frame.json)
        case .poll: frame.seq > 0 ? Self.mark : ByteBuffer()
        }
    }

    /// Something that the gateway itself says.
    ///
    /// - Parameters:
    ///   - id: where a native EventSource shall resume; nil leaves it alone.
    ///   - retry: milliseconds that one shall wait before it reconnects.
    func event(id: Cursor? = nil, retry: Int? = nil, json: [UInt8]) -> ByteBuffer {
        switch self {
        case .eventStream: StreamBytes.event(id: id, retry: retry, json: json)
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
        }
    }

    /// The last bytes of a connection that ends in order.
    func end(_ reason: CloseReason) -> ByteBuffer {
        switch self {
        case .eventStream: StreamBytes.end
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
        }
    }
}
