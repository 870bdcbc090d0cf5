import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import boardcast

@Suite struct LineLogTests {
    private struct Failing: Error {}

    /// What swift-log's own handler writes.
    private final class Stream: TextOutputStream, Sendable {
        private let text = Mutex("")
        func write(_ string: String) { text.withLock { $0 += string } }
        func take() -> String {
            text.withLock { text in
                defer { text = "" }; return text
            }
        }
    }

    @Test func `a line is that of swift-log's own handler`() throws {
        let file = try TemporaryFile()
        let writer = LineWriter(file.descriptor)
        let stream = Stream()
        func loggers() -> [Logger] {
            [
                Logger(label: "boardcast") { LineLog(label: $0, writer: writer) },
                Logger(label: "boardcast") { StreamLogHandler(label: $0, stream: stream) },
            ]
        }
        let events: [(Logger) -> Void] = [
            { $0.info("request") },
            { $0.notice("a b", metadata: ["b": "2", "a": "\(1)", "list": ["x", "y"], "c": .stringConvertible(7)]) },
            { $0.error("failed", metadata: ["a": "1"], source: "Elsewhere") },
            { $0.warning("failed", error: Failing()) },
            { $0.debug("not logged at this level") },
            { logger in
                var logger = logger
                logger[metadataKey: "id"] = "7"
                logger[metadataKey: "a"] = "ours"
                logger.info("é", metadata: ["a": "line's", "z": ""])
                logger.info("plain")
            },
        ]
        for event in events {
            // Once more where the clock passed from one second to the next in between.
            for attempt in 1...20 {
                let both = loggers()
                event(both[1])
                let before = stream.take()
                event(both[0])
                let line = try file.take()
                event(both[1])
                guard stream.take() == before || attempt == 20 else { continue }
                #expect(line == before)
                break
            }
        }
    }

    @Test func `lines of many threads come whole, those of each in order`() throws {
        let file = try TemporaryFile()
        let writer = LineWriter(file.descriptor)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<500 { writer.write(Array("\(thread) \(number)\n".utf8)) }
        }
        writer.flush()
        let lines = try file.take().split(separator: "\n").map(String.init)
        #expect(lines.count == 4000)
        for thread in 0..<8 {
            let own = lines.filter { $0.hasPrefix("\(thread) ") }
            let expected = (0..<500).map { "\(thread) \($0)" }
            #expect(own == expected)
        }
    }

    @Test func `one thread alone waits for a reader that does not read`() async throws {
        let pipe = Pipe()
        let writer = LineWriter(pipe.fileHandleForWriting.fileDescriptor)
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20) + [UInt8(ascii: "\n")]
        Thread.detachNewThread { writer.write(long) }
        // The pipe is full: the thread is in the middle of its line.
        let isFull = try await comesTrue { pipe.waitingBytes == pipe.capacity }
        #expect(isFull)
        for number in 0..<1000 { writer.write(Array("\(number)\n".utf8)) }
        var read: [UInt8] = []
        let last = Array("\n999\n".utf8)
        while !read.ends(with: last) { read += pipe.fileHandleForReading.availableData }
        let isLongWhole = read.starts(with: long)
        #expect(isLongWhole)
        let rest = String(decoding: read.dropFirst(long.count), as: UTF8.self).split(separator: "\n").map(String.init)
        let expected = (0..<1000).map { "\($0)" }
        #expect(rest == expected)
    }
}

extension [UInt8] {
    fileprivate func ends(with end: [UInt8]) -> Bool { suffix(end.count).elementsEqual(end) }
}

extension Pipe {
    /// `F_GETPIPE_SZ`, a macro that Swift does not see.
    fileprivate var capacity: Int { Int(fcntl(fileHandleForReading.fileDescriptor, 1032)) }

    fileprivate var waitingBytes: Int {
        var count: CInt = 0
        _ = ioctl(fileHandleForReading.fileDescriptor, UInt(FIONREAD), &count)
        return Int(count)
    }
}

/// A file without a name.
private final class TemporaryFile {
    private let handle: UnsafeMutablePointer<FILE>
    private var taken = 0
    var descriptor: CInt { fileno(handle) }

    init() throws { handle = try #require(tmpfile()) }
    deinit { fclose(handle) }

    /// What was written since the last time.
    func take() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(descriptor, &bytes, bytes.count, taken)
        try #require(count >= 0)
        taken += count
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
