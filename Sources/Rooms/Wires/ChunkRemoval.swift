public import NIOCore

/// Takes the chunks' framing (RFC 9112 §7.1) out of a response, for a client of HTTP/1.0, which has none: the response's
/// head stays as it is, and the end of the connection is the end of the events. A value that remembers where it is.
public struct ChunkRemoval {
    private enum Place {
        /// In the head, after so many bytes of the empty line that ends it.
        case head(matched: Int)
        case size(Int)
        case data(left: Int)
        /// In the line end after the data.
        case gap(left: Int)
    }

    private var place = Place.head(matched: 0)

    public init() {}

    /// What of the next `bytes` the client is sent.
    public mutating func take(_ bytes: ByteBuffer) -> ByteBuffer {
        var kept = ByteBuffer()
        kept.reserveCapacity(bytes.readableBytes)
        _ = walk(bytes, upTo: .max) { kept.writeImmutableBuffer($0) }
        return kept
    }

    /// How many of `bytes` stand for the first `count` bytes of what ``take(_:)`` makes of them; goes no further.
    public mutating func advance(in bytes: ByteBuffer, past count: Int) -> Int {
        walk(bytes, upTo: count) { _ in }
    }

    /// - Returns: how many bytes were passed when `limit` of them had been kept.
    private mutating func walk(_ bytes: ByteBuffer, upTo limit: Int, _ keep: (ByteBuffer) -> Void) -> Int {
        var rest = bytes
        var left = limit
        while left > 0, rest.readableBytes > 0 {
            switch place {
            case .data(let size):
                guard let data = rest.readSlice(length: min(size, left, rest.readableBytes)) else { break }
                keep(data)
                left -= data.readableBytes
                place = data.readableBytes == size ? .gap(left: 2) : .data(left: size - data.readableBytes)
            case .head(let matched):
                guard let byte = rest.readSlice(length: 1) else { break }
                keep(byte)
                left -= 1
                place = Self.head(after: matched, byte.getInteger(at: byte.readerIndex) ?? 0)
            case .size(let size):
                place = Self.size(after: size, rest.readInteger() ?? 0)
            case .gap(let count):
                rest.moveReaderIndex(forwardBy: 1)
                place = count == 1 ? .size(0) : .gap(left: count - 1)
            }
        }
        return bytes.readableBytes - rest.readableBytes
    }

    private static func head(after matched: Int, _ byte: UInt8) -> Place {
        let isNext = byte == (matched % 2 == 0 ? UInt8(ascii: "\r") : UInt8(ascii: "\n"))
        guard isNext else { return .head(matched: byte == UInt8(ascii: "\r") ? 1 : 0) }
        return matched == 3 ? .size(0) : .head(matched: matched + 1)
    }

    /// The last chunk has no data, and its line is followed by an empty one.
    private static func size(after size: Int, _ byte: UInt8) -> Place {
        switch byte {
        case UInt8(ascii: "\n"): size == 0 ? .gap(left: 2) : .data(left: size)
        case UInt8(ascii: "\r"): .size(size)
        default: .size(size << 4 | Int(byte < 0x3A ? byte - 0x30 : (byte | 0x20) - 0x57))
        }
    }
}
