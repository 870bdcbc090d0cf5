import Glibc
import Synchronization

/// Writes lines to a descriptor, each whole, in the order in which they come.
///
/// Whoever writes while another thread is at it leaves the line to that one, which takes all that has come meanwhile in
/// one call of the system, so a busy server makes fewer calls than lines and nobody waits for a slow reader of the log
/// but the one who is writing. What is left behind so is bounded; beyond ``mostBytes`` everybody waits.
final class LineWriter: Sendable {
    static let standardError = LineWriter(STDERR_FILENO)
    /// Bytes of lines that wait for the thread that is writing.
    static let mostBytes = 256 << 10

    private let descriptor: CInt
    private let waiting = Mutex<[UInt8]>([])
    private let turn = Mutex<Void>(())

    init(_ descriptor: CInt) { self.descriptor = descriptor }

    /// - Parameter line: with its end.
    func write(_ line: [UInt8]) {
        let count = waiting.withLock { waiting in
            waiting += line
            return waiting.count
        }
        if count > Self.mostBytes { flush() }
        // A line that came when the one before had just looked for the last time is this thread's own to write.
        while waiting.withLock({ !$0.isEmpty }) {
            guard turn.withLockIfAvailable({ _ in writeWaiting() }) != nil else { return }
        }
    }

    /// Returns once all that came before is written.
    func flush() { turn.withLock { _ in writeWaiting() } }

    private func writeWaiting() {
        while true {
            let lines = waiting.withLock { waiting in
                defer { waiting.removeAll() }
                return waiting
            }
            guard !lines.isEmpty else { return }
            lines.withUnsafeBytes { Self.write($0, to: descriptor) }
        }
    }

    /// Gives up where nobody reads any more: a log that can't be written stops nothing.
    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
                continue
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
