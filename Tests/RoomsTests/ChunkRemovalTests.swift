import NIOCore
import Rooms
import Testing

/// HTTP/1.0 has no chunks: what is sent to its clients is what was in them.
@Suite struct ChunkRemovalTests {
    private static let head = "HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n"
    private static let chunked = head + "5\r\nhello\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n2\r\n\r\n\r\n0\r\n\r\n"
    private static let plain = head + "helloabcdefghijklmnopqrstuvwxyz\r\n"

    @Test func `whatever pieces it comes in, the framing is taken out`() {
        for size in 1...Self.chunked.utf8.count {
            var removal = ChunkRemoval()
            var rest = ByteBuffer(string: Self.chunked)
            var kept = ""
            while rest.readableBytes > 0, let piece = rest.readSlice(length: min(size, rest.readableBytes)) {
                kept += String(buffer: removal.take(piece))
            }
            #expect(kept == Self.plain)
        }
    }

    /// A socket takes a part of what it is given; the rest is given to it later.
    @Test func `it goes on from any place at which the client stopped reading`() {
        let whole = ByteBuffer(string: Self.chunked)
        for taken in 0...Self.plain.utf8.count {
            var removal = ChunkRemoval()
            let passed = removal.advance(in: whole, past: taken)
            let rest = whole.getSlice(at: passed, length: whole.readableBytes - passed) ?? ByteBuffer()
            let whole = Self.plain.utf8.prefix(taken) + Array(removal.take(rest).readableBytesView)
            #expect(Array(whole) == Array(Self.plain.utf8), "\(taken)")
        }
    }
}
