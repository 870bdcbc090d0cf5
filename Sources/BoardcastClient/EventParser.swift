/// Reads an event stream as it comes, cut anywhere (HTML §9.2.6).
struct EventParser: Sendable {
    struct Event: Sendable, Equatable {
        /// The stream's last id.
        let id: String
        let data: [UInt8]
    }

    /// Bytes of one event.
    static let longest = 32 << 20

    /// The time after which the stream asks to come back.
    private(set) var retry: Duration?
    private var id: String
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var isAfterReturn = false

    /// - Parameter id: that of the connection before.
    init(id: String) { self.id = id }

    /// The events that these bytes complete, in order.
    ///
    /// - Throws: ``BoardcastError/notUnderstood(_:)`` for one that is too long.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(BoardcastError) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            let isSecondHalf = isAfterReturn && byte == UInt8(ascii: "\n")
            isAfterReturn = byte == UInt8(ascii: "\r")
            if isSecondHalf { continue }
            if isAfterReturn || byte == UInt8(ascii: "\n") {
                if let event = endLine() { events.append(event) }
                continue
            }
            line.append(byte)
            guard line.count + data.count <= Self.longest else {
                throw .notUnderstood("an event of more than \(Self.longest) bytes")
            }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer { data.removeAll() }
            return data.isEmpty ? nil : Event(id: id, data: data.dropLast())
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        let text = String(decoding: value, as: UTF8.self)
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            data += value
            data.append(UInt8(ascii: "\n"))
        case "id" where !value.contains(0): id = text
        case "retry":
            if value.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let milliseconds = Int(text) {
                retry = .milliseconds(milliseconds)
            }
        default: break
        }
        return nil
    }
}
