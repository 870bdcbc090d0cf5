import NIOCore

/// Concatenated frames, and where each one ends: the frames of a tick, or a page of the log.
struct FrameBuffer {
    struct Mark {
        /// Offset after the frame's last byte.
        let end: Int
        /// The cursor of a reader that has been sent everything up to `end`.
        let seq: Int
    }

    private(set) var bytes = ByteBuffer()
    private(set) var marks: [Mark] = []
    /// Whether the stream of a reader that got all of it ends there.
    private(set) var isFinal = false

    var count: Int { bytes.readableBytes }
    var isEmpty: Bool { marks.isEmpty }
    var lastSeq: Int { marks.last?.seq ?? 0 }

    /// - Parameter seq: the cursor after this frame; for an ephemeral one that of the frame before it.
    mutating func append(_ frame: ByteBuffer, seq: Int) {
        if bytes.readableBytes == 0 { bytes = frame } else { bytes.writeImmutableBuffer(frame) }
        marks.append(Mark(end: bytes.readableBytes, seq: seq))
    }

    /// Appends an event's bytes, if there are any and the stream has not ended before it.
    mutating func append(_ frame: Encoded?, seq: Int) {
        guard let frame, !isFinal else { return }
        append(frame.bytes, seq: seq)
        isFinal = frame.isLast
    }

    /// Appends all that `other` has after `offset` and up to `end`; both lie between frames.
    mutating func append(_ other: FrameBuffer, from offset: Int, to end: Int) {
        guard end > offset else { return }
        let shift = count - offset
        bytes.writeImmutableBuffer(other.bytes.getSlice(at: other.bytes.readerIndex + offset, length: end - offset)!)
        for mark in other.marks where mark.end > offset && mark.end <= end {
            marks.append(Mark(end: mark.end + shift, seq: mark.seq))
        }
        if end == other.count, other.isFinal { isFinal = true }
    }

    func slice(from offset: Int, to end: Int) -> ByteBuffer {
        bytes.getSlice(at: bytes.readerIndex + offset, length: end - offset)!
    }

    /// One below the number of the first frame that ends after `offset`.
    func firstSeq(from offset: Int) -> Int? {
        let index = frame(at: offset)
        return index < marks.count ? marks[index].seq - 1 : nil
    }

    /// The index of the frame that the byte at `offset` belongs to.
    func frame(at offset: Int) -> Int {
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].end <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
