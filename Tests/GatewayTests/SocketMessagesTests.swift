import NIOCore
import NIOWebSocket
import Testing

@testable import Gateway

/// Frames become messages, and what RFC 6455 forbids becomes a code to close with.
@Suite struct SocketMessagesTests {
    private let mask = WebSocketMaskingKey([1, 2, 3, 4])

    private func frame(_ opcode: WebSocketOpcode, _ bytes: [UInt8], fin: Bool = true) -> WebSocketFrame {
        var data = ByteBuffer(bytes: bytes)
        data.webSocketMask(mask!)
        return WebSocketFrame(fin: fin, opcode: opcode, maskKey: mask, data: data)
    }

    private func text(_ text: String, fin: Bool = true) -> WebSocketFrame { frame(.text, Array(text.utf8), fin: fin) }

    private func violation(_ frames: WebSocketFrame...) -> SocketViolation? {
        var messages = SocketMessages()
        do throws(SocketViolation) {
            for frame in frames { _ = try messages.take(frame) }
            return nil
        } catch {
            return error
        }
    }

    @Test func `a message in one frame is taken as it is`() throws {
        var messages = SocketMessages()
        #expect(try messages.take(text("né")) == .text("né"))
        #expect(try messages.take(text("")) == .text(""))
    }

    @Test func `fragments are one message, with a ping between them and a character cut in two`() throws {
        var messages = SocketMessages()
        #expect(try messages.take(frame(.text, [0x6E, 0xC3], fin: false)) == nil)
        #expect(try messages.take(frame(.ping, [7])) == .ping(ByteBuffer(bytes: [7])))
        #expect(try messages.take(frame(.continuation, [], fin: false)) == nil)
        #expect(try messages.take(frame(.continuation, [0xA9])) == .text("né"))
        #expect(try messages.take(text("next")) == .text("next"))
    }

    @Test func `a message may be as long as it may be, and no byte longer`() throws {
        let half = Array(repeating: UInt8(ascii: "a"), count: SocketMessages.longest / 2)
        #expect(violation(frame(.text, half, fin: false), frame(.continuation, half)) == nil)
        #expect(violation(frame(.text, half, fin: false), frame(.continuation, half + [0])) == .tooBig)
    }

    @Test func `an answer to a ping says nothing`() throws {
        var messages = SocketMessages()
        #expect(try messages.take(frame(.pong, [1])) == nil)
    }

    @Test func `a close has a code that may be sent, or none`() throws {
        var messages = SocketMessages()
        #expect(try messages.take(frame(.connectionClose, [])) == .close(nil))
        #expect(try messages.take(frame(.connectionClose, [0x03, 0xE8])) == .close(1000))
        #expect(try messages.take(frame(.connectionClose, [0x0F, 0xA0, 0x62])) == .close(4000))
        for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
            let bytes = [UInt8(code >> 8), UInt8(code & 0xFF)]
            #expect(violation(frame(.connectionClose, bytes)) == .protocolError, "\(code)")
        }
        #expect(violation(frame(.connectionClose, [3])) == .protocolError)
        #expect(violation(frame(.connectionClose, [0x03, 0xE8, 0xFF])) == .notUTF8)
    }

    @Test func `what is no text is refused by what it is`() {
        #expect(violation(frame(.binary, [1])) == .notText)
        #expect(violation(frame(.text, [0xFF])) == .notUTF8)
        #expect(violation(frame(.text, [0xED, 0xA0, 0x80])) == .notUTF8)
        #expect(violation(frame(.text, [0xC0, 0xAF])) == .notUTF8)
        #expect(violation(frame(.continuation, [0x61])) == .protocolError)
        #expect(violation(text("a", fin: false), text("b")) == .protocolError)
        #expect(violation(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: "a"))) == .protocolError)
        var reserved = text("a")
        reserved.rsv1 = true
        #expect(violation(reserved) == .protocolError)
        #expect(violation(frame(WebSocketOpcode(encodedWebSocketOpcode: 3)!, [])) == .protocolError)
    }
}
