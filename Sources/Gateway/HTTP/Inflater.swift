import CZlib
import NIOCore

/// Undoes a ``ContentCoding``, a piece at a time. Its own memory is about 40 KiB.
final class Inflater {
    /// Bytes that are made at once; after each the bound is asked.
    private static let step = 16_384

    private let coding: ContentCoding
    /// zlib compares the address of a stream with the one that it began with.
    private let stream: UnsafeMutablePointer<z_stream>
    private let isReady: Bool
    /// Whether all that came is one or more whole streams.
    private(set) var isAtEnd = false

    init(_ coding: ContentCoding) {
        self.coding = coding
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let windowBits: CInt = coding == .gzip ? 15 + 16 : 15
        isReady = inflateInit2_(stream, windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        if isReady { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Appends to `bytes` what `piece` comes to.
    ///
    /// - Parameter allow: is asked after each 16 KiB, with the length that `bytes` have by then.
    /// - Throws: what `allow` throws; ``Problem`` 400 for bytes that are not of the coding.
    func inflate(
        _ piece: ByteBuffer, into bytes: inout ByteBuffer, allow: (Int) throws(Problem) -> Void
    ) throws(Problem) {
        var piece = piece
        while try begin(piece) {
            let made = try step(&piece, into: &bytes)
            if made > 0 { try allow(bytes.readableBytes) }
            if made == 0, piece.readableBytes == 0, !isAtEnd { return }
        }
    }

    /// Hands what `piece` comes to to `take`, 16 KiB at a time at most: however much it is, no more is in memory.
    ///
    /// - Throws: what `take` throws; ``Problem`` 400 for bytes that are not of the coding.
    func inflate(_ piece: ByteBuffer, _ take: (ByteBuffer) throws -> Void) throws {
        var (piece, made) = (piece, ByteBuffer())
        while try begin(piece) {
            made.clear()
            if try step(&piece, into: &made) > 0 {
                try take(made)
            } else if piece.readableBytes == 0, !isAtEnd {
                return
            }
        }
    }

    /// Whether there is more to do. A gzip body may have several members, one after the other (RFC 1952 §2.2).
    private func begin(_ piece: ByteBuffer) throws(Problem) -> Bool {
        guard isReady else { throw .badCoding }
        guard isAtEnd else { return true }
        guard piece.readableBytes > 0 else { return false }
        guard coding == .gzip, inflateReset(stream) == Z_OK else { throw .badCoding }
        isAtEnd = false
        return true
    }

    /// - Returns: how many bytes were made.
    private func step(_ piece: inout ByteBuffer, into bytes: inout ByteBuffer) throws(Problem) -> Int {
        let given = piece.readableBytes
        var result = Z_OK
        let made = bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.step) { output in
            piece.readWithUnsafeMutableReadableBytes { input in
                stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: Bytef.self)
                stream.pointee.avail_in = uInt(input.count)
                stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
                stream.pointee.avail_out = uInt(Self.step)
                result = CZlib.inflate(stream, Z_NO_FLUSH)
                return input.count - Int(stream.pointee.avail_in)
            }
            return Self.step - Int(stream.pointee.avail_out)
        }
        switch result {
        case Z_STREAM_END: isAtEnd = true
        // Neither is an error: more input is needed, or more room.
        case Z_OK, Z_BUF_ERROR: guard made > 0 || piece.readableBytes < given || given == 0 else { throw .badCoding }
        default: throw .badCoding
        }
        return made
    }
}
