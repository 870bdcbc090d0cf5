import Boards
import Events
import NIOCore
import Rooms
import Text

/// `GET /api/events/stream`: the log for dashboards that know events by whole numbers.
///
/// `Last-Event-ID` and `since` take such a number; without one the stream begins at the head. A number does not
/// identify the database that it is from, so a full cursor (`42-9f03c1aa`) is accepted too.
struct LegacyEventStream: StreamEndpoint {
    let path: PathPattern = "/api/events/stream"
    let store: any BoardStore
    let names = QueryNames.stream(["types", "since"], repeatable: ["board"])
    var items: [StreamItem] { StreamItem.numbered }

    func prepare(_ question: StreamQuestion) throws(Problem) -> StreamPreparation {
        let query = try StreamQuery(
            question.query, lastEventID: question.lastEventID, principal: question.principal,
            prefix: question.prefix, known: question.known)
        let cursor = query.cursor.map { text in
            Int(digits: text).map { Cursor(seq: $0, epoch: store.epoch).description } ?? text
        }
        return .ready(
            StreamRequest(
                principal: question.principal, selection: query.asked, wire: .dialect(NumberedEvents()), cursor: cursor,
                head: question.head, snapshotURL: query.snapshotURL))
    }
}

/// Every logged event with its number as the `id`; the only other event for `onmessage` is `stream.resync`.
struct NumberedEvents: Dialect {
    let name = "events"

    func encode(frame: EventFrame) -> Encoded? {
        guard frame.seq > 0 else { return nil }
        return Encoded(StreamBytes.block(id: "\(frame.seq)", json: Array(frame.json.readableBytesView)))
    }

    func encode(notice: Notice, json: [UInt8]) -> ByteBuffer {
        switch notice {
        // A client that leaves before the first event resumes here.
        case .established(_, let cursor, let retry): StreamBytes.block(id: "\(cursor.seq)", retry: retry, json: nil)
        case .resync(_, let cursor, _): StreamBytes.block(id: "\(cursor.seq)", json: json)
        case .expiring: StreamBytes.block(name: "token.expiring", json: json)
        case .closing(_, let delay): StreamBytes.block(name: "stream.closing", retry: delay, json: json)
        }
    }
}
