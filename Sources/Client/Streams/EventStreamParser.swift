import Text

/// Reads an event stream as it comes in, cut anywhere (HTML §9.2.6).
public struct EventStreamParser: Sendable {
    /// One item of a stream.
    public enum Item: Sendable, Equatable {
        case event(ServerSentEvent)
        /// The reconnection time that the stream asks for.
        case retry(Duration)
    }

    /// A line or an event is longer than the limit.
    public struct TooLong: Error, Equatable, CustomStringConvertible {
        /// Bytes.
        public let limit: Int
        public var description: String { "an event has more than \(limit) bytes" }
    }

    /// The `Last-Event-ID` for the next connection; empty when there is none.
    public private(set) var lastEventID: String

    private let limit: Int
    private var line: [UInt8] = []
    private var isAfterCR = false
    private var isFirstLine = true
    private var type = ""
    private var data: [UInt8] = []
    private var id: String

    /// - Parameters:
    ///   - lastEventID: that of the previous connection; it is kept until the stream sends another.
    ///   - limit: bytes that one event may have.
    public init(lastEventID: String = "", limit: Int = 32 << 20) {
        self.lastEventID = lastEventID
        self.limit = limit
        id = lastEventID
    }

    /// The items that these bytes complete, in order. An event that is cut off by the stream's end is never returned.
    public mutating func read(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [Item] {
        var items: [Item] = []
        for byte in bytes {
            let isSecondHalf = isAfterCR && byte == UInt8(ascii: "\n")
            isAfterCR = byte == UInt8(ascii: "\r")
            if isSecondHalf { continue }
            if isAfterCR || byte == UInt8(ascii: "\n") {
                if let item = endLine() { items.append(item) }
            } else {
                line.append(byte)
                guard line.count + data.count <= limit else { throw TooLong(limit: limit) }
            }
        }
        return items
    }

    private mutating func endLine() -> Item? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isFirstLine = false
        if line.isEmpty { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        return field(String(decoding: line[..<colon], as: UTF8.self), value)
    }

    private mutating func field(_ name: String, _ value: ArraySlice<UInt8>) -> Item? {
        switch name {
        case "event": type = String(decoding: value, as: UTF8.self)
        case "data":
            data += value
            data.append(UInt8(ascii: "\n"))
        case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
        case "retry" where 1...12 ~= value.count && value.allSatisfy(\.isASCIIDigit):
            return .retry(.milliseconds(Int(String(decoding: value, as: UTF8.self))!))
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> Item? {
        lastEventID = id
        defer {
            type = ""
            data.removeAll(keepingCapacity: data.capacity <= 65_536)
        }
        guard !data.isEmpty else { return nil }
        let event = ServerSentEvent(
            type: type.isEmpty ? "message" : type, data: String(decoding: data.dropLast(), as: UTF8.self),
            lastEventID: lastEventID)
        return .event(event)
    }
}
