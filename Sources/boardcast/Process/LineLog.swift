import Events
import Glibc
import Logging
import ServerSettings
import StrictJSON
import Synchronization

/// Logs events as lines: text for people, the message first and then `name=value` in the order of the names; or one JSON
/// object each, for machines.
struct LineLog: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    private let label: String
    private let format: Settings.Log.Format
    private let writer: LineWriter

    init(label: String, format: Settings.Log.Format = .text, writer: LineWriter) {
        self.label = label
        self.format = format
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let own = event.metadata { fields.merge(own) { _, own in own } }
        if let error = event.error {
            fields["error.message"] = "\(error)"
            fields["error.type"] = "\(String(reflecting: type(of: error)))"
        }
        // Where Hummingbird looks for it.
        if let request = fields.removeValue(forKey: "hb.request.id") { fields["request"] = request }
        let sorted = fields.sorted { $0.key < $1.key }
        switch format {
        case .text: writer.write(text(event, sorted))
        case .json: writer.write(json(event, sorted))
        }
    }

    private typealias Fields = [(key: String, value: Logger.MetadataValue)]

    private func text(_ event: LogEvent, _ fields: Fields) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        LogTime.append(to: &line)
        line += " \(event.level) \(label): ".utf8
        line.append(escaping: event.message.description)
        for (key, value) in fields {
            line.append(UInt8(ascii: " "))
            line += key.utf8
            line.append(UInt8(ascii: "="))
            if case .string(let text) = value {
                line.append(value: text)
            } else {
                line.append(value: value.description)
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func json(_ event: LogEvent, _ fields: Fields) -> [UInt8] {
        var json = JSONWriter(reserving: 256)
        json.object {
            $0.name("timestamp"); $0.string(Timestamp.now().description)
            $0.name("level"); $0.string(event.level.rawValue)
            $0.name("logger"); $0.string(label)
            $0.name("message"); $0.string(event.message.description)
            for (key, value) in fields {
                $0.name(escaping: Self.ownMembers.contains(key) ? key + "_" : key)
                $0.logged(value)
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private static let ownMembers: Set = ["timestamp", "level", "logger", "message"]
}

extension [UInt8] {
    /// A value as it is, or in quotes where it would not end at a space.
    fileprivate mutating func append(value: String) {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
        if isPlain {
            self += value.utf8
        } else {
            append(UInt8(ascii: "\""))
            append(escaping: value, quotes: true)
            append(UInt8(ascii: "\""))
        }
    }

    /// Text without what would end the line or steer a terminal, as JSON escapes it.
    fileprivate mutating func append(escaping text: String, quotes: Bool = false) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): self += #"\n"#.utf8
            case UInt8(ascii: "\r"): self += #"\r"#.utf8
            case UInt8(ascii: "\t"): self += #"\t"#.utf8
            case 0..<0x20, 0x7F: self += ((byte < 0x10 ? #"\u000"# : #"\u00"#) + String(byte, radix: 16)).utf8
            case UInt8(ascii: "\"") where quotes, UInt8(ascii: "\\") where quotes:
                append(UInt8(ascii: "\\"))
                append(byte)
            default: append(byte)
            }
        }
    }
}

extension JSONWriter {
    /// Numbers and truth values as what they are, and everything else as text.
    fileprivate mutating func logged(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): string(text)
        case .stringConvertible(let number as Int): int(number)
        case .stringConvertible(let flag as Bool): bool(flag)
        case .stringConvertible(let other): string(other.description)
        case .array(let values): array(values) { $0.logged($1) }
        case .dictionary(let members):
            object { json in
                for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                    json.name(escaping: key)
                    json.logged(value)
                }
            }
        }
    }
}

/// The time as it stands before a line of text: the wall's, with its zone, made once a second.
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
