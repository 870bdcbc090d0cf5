import Client
import Glibc

/// Writes results to stdout: each line at once and completely, so that the reader of a pipe gets it without delay.
enum StandardOutput {
    /// The reader of stdout has gone, which is not an error of the command.
    struct Closed: Error {}

    /// Writes `line` and its end.
    ///
    /// - Throws: ``Closed``, or ``Failure`` when the disk is full or the like.
    static func write(_ line: String, terminator: String = "\n") throws {
        try write(Array(line.utf8) + terminator.utf8)
    }

    /// Writes `bytes` as they are.
    ///
    /// - Throws: as ``write(_:terminator:)`` does.
    static func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                throw Closed()
            } else if errno != EINTR {
                throw Failure(.unexpected, "can't write to stdout: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Whether the reader of a pipe has gone, which no write has shown yet.
    static var isClosed: Bool {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return poll(&descriptor, 1, 0) > 0 && descriptor.revents & Int16(POLLERR) != 0
    }
}
