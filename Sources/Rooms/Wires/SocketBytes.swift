public import NIOCore

/// The wire form of the server's messages on a WebSocket: whole, unmasked frames (RFC 6455 §5.2).
public enum SocketBytes {
    private static let final: UInt8 = 0x80

    static let ping = frame(opcode: 0x9, ByteBuffer())

    /// - Parameter payload: UTF-8.
    public static func text(_ payload: ByteBuffer) -> ByteBuffer { frame(opcode: 0x1, payload) }

    /// - Parameter payload: 125 bytes at most, those of the ping that is answered.
    public static func pong(_ payload: ByteBuffer) -> ByteBuffer { frame(opcode: 0xA, payload) }

    /// - Parameter reason: 123 bytes at most.
    public static func close(_ code: UInt16, _ reason: String) -> ByteBuffer {
        var payload = ByteBuffer(integer: code)
        payload.writeString(reason)
        return frame(opcode: 0x8, payload)
    }

    private static func frame(opcode: UInt8, _ payload: ByteBuffer) -> ByteBuffer {
        let count = payload.readableBytes
        var buffer = ByteBufferAllocator().buffer(capacity: 10 + count)
        buffer.writeInteger(final | opcode)
        switch count {
        case 0...125: buffer.writeInteger(UInt8(count))
        case 126...0xFFFF:
            buffer.writeInteger(126 as UInt8)
            buffer.writeInteger(UInt16(count))
        default:
            buffer.writeInteger(127 as UInt8)
            buffer.writeInteger(UInt64(count))
        }
        buffer.writeImmutableBuffer(payload)
        return buffer
    }
}
