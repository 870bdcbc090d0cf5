import NIOCore
import NIOWebSocket

/// Why a WebSocket is closed because of its client's frames (RFC 6455 §7.4.1).
enum SocketViolation: UInt16, Error {
    case protocolError = 1002
    case notText = 1003
    case notUTF8 = 1007
    case tooBig = 1009

    var reason: String {
        switch self {
        case .protocolError: "not a frame of RFC 6455"
        case .notText: "text frames only"
        case .notUTF8: "not UTF-8"
        case .tooBig: "message too big"
        }
    }
}

/// Assembles a client's frames into messages, and checks each frame against RFC 6455 §5.
struct SocketMessages {
    /// The most bytes of one message, over all its frames.
    static let longest = 64 << 10

    enum Message: Equatable {
        case text(String)
        case ping(ByteBuffer)
        /// A close frame; nil when it has no code.
        case close(UInt16?)
    }

    private var fragments: ByteBuffer?

    /// - Returns: the message that `frame` completes; nil for a fragment and for a pong.
    mutating func take(_ frame: WebSocketFrame) throws(SocketViolation) -> Message? {
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { throw .protocolError }
        let data = frame.unmaskedData
        switch frame.opcode {
        case .text:
            guard fragments == nil else { throw .protocolError }
            if frame.fin { return .text(try Self.text(data)) }
            fragments = data
        case .continuation:
            guard var whole = fragments else { throw .protocolError }
            guard whole.readableBytes + data.readableBytes <= Self.longest else { throw .tooBig }
            whole.writeImmutableBuffer(data)
            fragments = frame.fin ? nil : whole
            if frame.fin { return .text(try Self.text(whole)) }
        case .binary: throw .notText
        case .ping: return .ping(data)
        case .pong: break
        case .connectionClose: return .close(try Self.closeCode(data))
        default: throw .protocolError
        }
        return nil
    }

    private static func text(_ bytes: ByteBuffer) throws(SocketViolation) -> String {
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    /// RFC 6455 §5.5.1, §7.4: a code that may be sent, and a reason in UTF-8.
    private static func closeCode(_ bytes: ByteBuffer) throws(SocketViolation) -> UInt16? {
        var bytes = bytes
        if bytes.readableBytes == 0 { return nil }
        guard let code = bytes.readInteger(as: UInt16.self) else { throw .protocolError }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw .protocolError
        }
        _ = try text(bytes)
        return code
    }
}
