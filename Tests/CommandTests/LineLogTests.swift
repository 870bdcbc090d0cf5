import Events
import Foundation
import Logging
import ServerSettings
import StrictJSON
import TestSupport
import Testing

@testable import boardcast

@Suite struct LineLogTests {
    private struct Failing: Error {}

    private static func lines(_ format: Settings.Log.Format, _ body: (inout Logger) -> Void) throws -> [String] {
        let file = try TemporaryFile()
        let writer = LineWriter(file.descriptor)
        var logger = Logger(label: "boardcast") { LineLog(label: $0, format: format, writer: writer) }
        body(&logger)
        return try file.take().split(separator: "\n").map(String.init)
    }

    @Test func `a line of text has its message first, and then what it is about`() throws {
        let lines = try Self.lines(.text) { logger in
            logger.info("request")
            logger.notice("a b", metadata: ["b": "2", "a": "\(1)", "list": ["x", "y"], "c": .stringConvertible(7)])
            logger.error("failed", metadata: ["a": "1"], source: "Elsewhere")
            logger.debug("not logged at this level")
            logger[metadataKey: "hb.request.id"] = "7"
            logger[metadataKey: "a"] = "ours"
            logger.info("é", metadata: ["a": "line's", "z": ""])
        }
        let time = #/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} /#
        #expect(lines.allSatisfy { $0.contains(time) })
        #expect(
            lines.map { String($0.dropFirst(25)) } == [
                "info boardcast: request", #"notice boardcast: a b a=1 b=2 c=7 list="[\"x\", \"y\"]""#,
                "error boardcast: failed a=1", #"info boardcast: é a=line's request=7 z="""#,
            ])
    }

    @Test func `no value can end a line or pass for another`() throws {
        let lines = try Self.lines(.text) {
            $0.info("one\ntwo", metadata: ["a": "x b=\"2\"\r\n\u{1B}[31m\\", "b": "ü=1"])
        }
        #expect(
            lines.map { String($0.dropFirst(25)) } == [
                #"info boardcast: one\ntwo a="x b=\"2\"\r\n\u001b[31m\\" b=ü=1"#
            ])
    }

    @Test func `a line of JSON is an object with what the event is about among its members`() throws {
        let lines = try Self.lines(.json) { logger in
            logger[metadataKey: "hb.request.id"] = "7"
            logger.info(
                "a \"b\"\n",
                metadata: [
                    "status": .stringConvertible(200), "yes": .stringConvertible(true), "level": "mine",
                    "list": ["x", ["y": "z"]], "path": "/a",
                ])
            logger.warning("failed", error: Failing())
        }
        #expect(lines.count == 2)
        let first = try #require(try JSONParser.parse(lines[0].utf8).object)
        #expect(first["timestamp"]?.string.flatMap { Timestamp(rfc3339: $0) } != nil)
        #expect(first["level"]?.string == "info" && first["level_"]?.string == "mine")
        #expect(first["logger"]?.string == "boardcast" && first["message"]?.string == "a \"b\"\n")
        #expect(first["request"]?.string == "7" && first["status"]?.int == 200 && first["yes"]?.bool == true)
        #expect(lines[0].contains(#""list":["x",{"y":"z"}],"path":"/a""#))
        let second = try #require(try JSONParser.parse(lines[1].utf8).object)
        #expect(second["level"]?.string == "warning" && second["error.message"]?.string == "Failing()")
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
