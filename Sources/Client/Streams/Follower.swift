import Events
import StrictJSON
import Text

/// Follows a tenant's events from one connection to the next: the events, where to resume, when to reconnect.
///
/// Each numbered event is returned once.
public struct Follower: Following {
    /// One piece of a stream's output.
    public enum Output: Sendable, Equatable {
        case event(FollowedEvent)
        /// A sentence for people about the state of the stream, without control characters.
        case note(String)
    }

    private var parser: EventStreamParser
    private var seen: Cursor?
    var closing: Closing?
    var backoff = Backoff()
    var retry = Backoff.first
    private var heartbeat: Duration = .seconds(20)

    enum Closing {
        case comeBack(after: Duration)
        case stayAway(reason: String)
    }

    private static let limits = JSONParser.Limits(bytes: 64 << 20, depth: 64)

    /// - Parameter cursor: where to begin; nil for the next event.
    public init(since cursor: String? = nil) { parser = EventStreamParser(lastEventID: cursor ?? "") }

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
        else { return output.append(.note("not an event of ours: \(event.data.prefix(80).description.printable)")) }
        if let seq = object["seq"]?.int, let cursor = Cursor(event.lastEventID) {
            if let seen, seen.epoch == cursor.epoch, seq <= seen.seq { return }
            seen = cursor
        }
        let note = obey(type, object)
        if let note { output.append(.note(note)) }
        output.append(.event(FollowedEvent(event, object, isOfStream: note != nil)))
    }

    /// Follows the stream's events about itself; returns a note about them, or nil for any other event.
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
    /// Clamped to 0.1 s…1 h, against unreasonable values from a server.
    var sensible: Duration { min(max(self, .milliseconds(100)), .seconds(3600)) }
}
