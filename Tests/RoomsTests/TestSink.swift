import NIOCore

@testable import Rooms

/// A socket that takes as many bytes as it is told to, and remembers them.
final class TestSink: Sink {
    private(set) var received = ByteBuffer()
    private(set) var isClosed = false
    /// Writes to the "kernel".
    private(set) var sends = 0
    private(set) var queuedBytes = 0
    /// A peer that has vanished, for so long.
    var silence: Duration?
    /// Bytes that the "kernel" still takes; more comes with ``drain(_:)``.
    var room: Int
    private var queued = ByteBuffer()
    private var drained: (() -> Void)?

    /// A peer that makes room as soon as it is short of it.
    private let eager: (any EventLoop)?

    init(room: Int = .max, eager: (any EventLoop)? = nil) {
        self.room = room
        self.eager = eager
    }

    func send(_ bytes: ByteBuffer) -> Int? {
        guard !isClosed else { return nil }
        guard queuedBytes == 0 else { return 0 }
        sends += 1
        let count = min(room, bytes.readableBytes)
        if room != .max { room -= count }
        received.writeImmutableBuffer(bytes.getSlice(at: bytes.readerIndex, length: count)!)
        return count
    }

    func queue(_ bytes: ByteBuffer, drained: @escaping () -> Void) {
        precondition(queuedBytes == 0, "bytes overtake")
        queued = bytes
        queuedBytes = bytes.readableBytes
        self.drained = drained
        guard let eager else { return }
        let sink = NIOLoopBound(self, eventLoop: eager)
        eager.execute { sink.value.drain(sink.value.queuedBytes + 100) }
    }

    /// The reader reads: there is room for `count` bytes more.
    func drain(_ count: Int) {
        if room != .max { room += count }
        guard queuedBytes > 0, queuedBytes <= room else { return }
        received.writeImmutableBuffer(queued)
        if room != .max { room -= queuedBytes }
        queuedBytes = 0
        let done = drained
        drained = nil
        done?()
    }

    func finish(_ bytes: ByteBuffer) {
        _ = send(bytes)
        isClosed = true
    }

    func abort() { isClosed = true }

    /// The events so far: their `id`, and their data.
    var events: [(id: String?, data: String)] {
        var bytes = received
        var text = ""
        while let size = bytes.readChunkSize(), size > 0, let chunk = bytes.readString(length: size) {
            text += chunk
            bytes.moveReaderIndex(forwardBy: min(2, bytes.readableBytes))
        }
        var events: [(id: String?, data: String)] = []
        for block in text.split(separator: "\n\n") {
            var id: String?
            var data = ""
            for line in block.split(separator: "\n") {
                if line.hasPrefix("id: ") { id = String(line.dropFirst(4)) }
                if line.hasPrefix("data: ") { data = String(line.dropFirst(6)) }
            }
            if !data.isEmpty { events.append((id, data)) }
        }
        return events
    }

    /// Numbers of the durable events, in the order they came; without the one that the stream began at.
    var numbers: [Int] { events.dropFirst().compactMap { $0.id.flatMap { Int($0.prefix { $0 != "-" }) } } }
}

extension ByteBuffer {
    fileprivate mutating func readChunkSize() -> Int? {
        guard let end = readableBytesView.firstIndex(of: UInt8(ascii: "\r")) else { return nil }
        let digits = String(decoding: readableBytesView[..<end], as: UTF8.self)
        moveReaderIndex(to: end + 2)
        return Int(digits, radix: 16)
    }
}
