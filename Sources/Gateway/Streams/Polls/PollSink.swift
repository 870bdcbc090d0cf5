import Events
import NIOCore
import Rooms

/// The connection of a poll that waits: any bytes for it are news, at which it reads the log; it is answered when that
/// has something to show, when its time is up, or when its right to be there ends.
///
/// Used on its connection's loop alone; `@unchecked Sendable` for the reads that come back to it there.
final class PollSink: Sink, @unchecked Sendable {
    private let output: any ConnectionSink
    private let hub: LoopHub
    private let poll: WaitingPoll
    /// The response's head without a length, and the body when nothing comes.
    private let head: ByteBuffer
    private let nothing: ByteBuffer
    private var reader: Reader?
    private var timer: Scheduled<Void>?
    private var hasNews = false
    private var isReading = false
    private var isDone = false

    init(_ poll: WaitingPoll, on output: any ConnectionSink, of hub: LoopHub, head: ByteBuffer, nothing: ByteBuffer) {
        (self.poll, self.output, self.hub) = (poll, output, hub)
        (self.head, self.nothing) = (head, nothing)
    }

    /// Begins to wait. What was committed since the log was last read is looked for first.
    func begin(_ reader: Reader) {
        guard !isDone else { return }
        self.reader = reader
        timer = hub.loop.scheduleTask(in: TimeAmount(poll.longest)) { self.answer(nil) }
        read()
    }

    private func read() {
        guard !isReading, !isDone else { return }
        isReading = true
        hasNews = false
        hub.read { [poll] in
            try await poll.look()
        } then: { [self] result in
            isReading = false
            switch result {
            case .success(let found?): answer(found)
            case .success(nil): if hasNews { read() }
            // Its client asks again, and is answered with what is wrong.
            case .failure: answer(nil)
            }
        }
    }

    /// Sends the answer and closes; not within a sweep, which may be writing to this reader.
    private func answer(_ found: ([UInt8], MemoryRoom)?) {
        guard !isDone else { return }
        end()
        reader?.drop()
        reader = nil
        let body = found.map { ByteBuffer(bytes: $0.0) } ?? nothing
        var bytes = head
        bytes.writeString("Content-Length: \(body.readableBytes)\r\nConnection: close\r\n\r\n")
        bytes.writeImmutableBuffer(body)
        guard let sent = output.send(bytes) else { return output.abort() }
        guard sent < bytes.readableBytes else { return output.finish(ByteBuffer()) }
        bytes.moveReaderIndex(forwardBy: sent)
        output.queue(bytes) { [output] in
            output.finish(ByteBuffer())
            withExtendedLifetime(found) {}
        }
    }

    private func end() {
        isDone = true
        timer?.cancel()
        timer = nil
    }

    // MARK: The reader's side

    let queuedBytes = 0
    let silence: Duration? = nil

    func send(_ bytes: ByteBuffer) -> Int? {
        if bytes.readableBytes > 0, !isDone {
            hasNews = true
            if reader != nil { hub.loop.execute { self.read() } }
        }
        return bytes.readableBytes
    }

    func queue(_ bytes: ByteBuffer, drained: @escaping () -> Void) {}
    func finish(_ bytes: ByteBuffer) { endLater() }
    func abort() { endLater() }

    /// The right to be there has ended, or the gateway shuts down: the poll is answered with what it had.
    private func endLater() {
        guard !isDone else { return }
        hub.loop.execute { self.answer(nil) }
    }

    /// The client has left.
    func forget() {
        end()
        output.forget()
        reader?.drop()
        reader = nil
    }
}
