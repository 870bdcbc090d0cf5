import Events
import StrictJSON
import Text

/// Follows a tenant's events from one connection to the next: what to print, where to resume, when to come back.
///
/// Prints each numbered event once.
public struct Follower: Following {
    public enum Output: Sendable, Equatable {
        /// For stdout.
        case line(String)
        /// For a terminal: the line that the next one is written over, unless it is the end.
        case live(String, isEnd: Bool)
        /// For stderr.
        case talk(String)
    }

    private let format: Format
    private var parser: EventStreamParser
    private var seen: Cursor?
    var closing: Closing?
    var backoff = Backoff()
    var retry = Backoff.first
    private var heartbeat: Duration = .seconds(20)

    public enum Format: Sendable {
        case json
        case people(Terminal)
    }

    enum Closing {
        case comeBack(after: Duration)
        case stayAway(reason: String)
    }

    private static let limits = JSONParser.Limits(bytes: 64 << 20, depth: 64)

    /// - Parameter cursor: where to begin; nil means at what comes next.
    public init(format: Format, since cursor: String? = nil) {
        self.format = format
        parser = EventStreamParser(lastEventID: cursor ?? "")
    }

    public var lastEventID: String { parser.lastEventID }

    /// Two heartbeats and a half.
    public var patience: Duration { heartbeat * 2.5 }

    public mutating func begin() {
        parser = EventStreamParser(lastEventID: parser.lastEventID)
        closing = nil
    }

    public mutating func read(_ bytes: some Sequence<UInt8>) throws(EventStreamParser.TooLong) -> [Output] {
        var output: [Output] = []
        for item in try parser.read(bytes) {
            switch item {
            case .retry(let delay): retry = delay.sensible
            case .event(let event): take(event, into: &output)
            }
        }
        return output
    }

    private mutating func take(_ event: ServerSentEvent, into output: inout [Output]) {
        guard let object = try? JSONParser.parse(Array(event.data.utf8), limits: Self.limits).object,
            let type = object["type"]?.string
        else { return output.append(.talk("not an event of ours: \(event.data.prefix(80).description.printable)")) }
        if let seq = object["seq"]?.int, let cursor = Cursor(event.lastEventID) {
            if let seen, seen.epoch == cursor.epoch, seq <= seen.seq { return }
            seen = cursor
        }
        let talk = obey(type, object)
        if let talk { output.append(.talk(talk)) }
        switch format {
        case .json: output.append(.line(event.data.inOneLine))
        case .people(let terminal) where talk == nil: output.append(.line(EventLine(terminal: terminal).text(object)))
        case .people: break
        }
    }

    /// Does what the stream says of itself; returns what to tell people, or nil for any other event.
    private mutating func obey(_ type: String, _ event: JSONObject) -> String? {
        let reason = (event["reason"]?.string ?? "no reason given").printable
        switch type {
        case "connection.established":
            backoff.reset()
            if let seconds = event["heartbeatSeconds"]?.int, 1...86_400 ~= seconds { heartbeat = .seconds(seconds) }
            return connected(event)
        case "stream.resync":
            seen = event["cursor"]?.string.flatMap { Cursor($0) }
            return "events were missed and are not repeated: \(reason)"
        case "stream.closing":
            if event["reconnect"]?.bool == false {
                closing = .stayAway(reason: reason)
            } else {
                closing = event["reconnectAfterMilliseconds"]?.int.map { .comeBack(after: .milliseconds($0).sensible) }
            }
            return "the server ends the stream: \(reason)"
        case "token.expiring":
            return "the token expires at \((event["expiresAt"]?.string ?? "its end").printable)"
        default: return nil
        }
    }

    private func connected(_ event: JSONObject) -> String {
        let boards = event["boards"]?.array?.compactMap(\.string).joined(separator: ", ") ?? ""
        let user = event["userId"]?.string ?? "?"
        let tenant = event["tenant"]?.string ?? "?"
        var text = "connected as \(user) of \(tenant)"
        if !boards.isEmpty { text += ", boards \(boards)" }
        if event["recovered"]?.bool == true, let behind = event["behind"]?.int, behind > 0 {
            text += ", \(behind) behind"
        }
        return text.printable
    }
}

extension Duration {
    /// Whatever a server asks for, we neither hammer at it nor stay away for good.
    var sensible: Duration { min(max(self, .milliseconds(100)), .seconds(3600)) }
}

extension String {
    /// Several `data:` lines make one JSON text with line breaks between its tokens, where spaces do as well.
    fileprivate var inOneLine: String {
        utf8.contains(UInt8(ascii: "\n")) || utf8.contains(UInt8(ascii: "\r"))
            ? String(decoding: utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self) : self
    }
}
