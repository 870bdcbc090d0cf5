import Glibc
import Logging
import Synchronization

/// Logs events as lines of text, in the form of swift-log's own `StreamLogHandler`, which makes and copies a dozen
/// strings for each and asks the system for its time zone.
struct LineLog: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    private let label: String
    private let writer: LineWriter

    init(label: String, writer: LineWriter) {
        self.label = label
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        LogTime.append(to: &line)
        line += " \(event.level) \(label):".utf8
        var metadata = metadata
        if let own = event.metadata { metadata.merge(own) { _, own in own } }
        if let error = event.error {
            metadata["error.message"] = "\(error)"
            metadata["error.type"] = "\(String(reflecting: type(of: error)))"
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line.append(UInt8(ascii: " "))
            line += key.utf8
            line.append(UInt8(ascii: "="))
            if case .string(let text) = value { line += text.utf8 } else { line += value.description.utf8 }
        }
        line += " [".utf8
        line += event.source.utf8
        line += "] ".utf8
        line += event.message.description.utf8
        line.append(UInt8(ascii: "\n"))
        writer.write(line)
    }
}

/// The time as it stands before a line: the wall's, with its zone, made once a second.
private enum LogTime {
    private static let last = Mutex<(second: time_t, text: [UInt8])>((0, []))

    static func append(to line: inout [UInt8]) {
        var now = time(nil)
        line += last.withLock { last in
            if now != last.second || last.text.isEmpty { last = (now, text(of: &now)) }
            return last.text
        }
    }

    private static func text(of time: inout time_t) -> [UInt8] {
        var parts = tm()
        tzset()
        localtime_r(&time, &parts)
        return [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            buffer.withMemoryRebound(to: CChar.self) { text in
                count = strftime(text.baseAddress!, text.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
            }
        }
    }
}
