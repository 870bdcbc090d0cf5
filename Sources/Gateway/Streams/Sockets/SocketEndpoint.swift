import Events
import HTTPTypes
import NIOCore
import NIOHTTP1
import Rooms
import StrictJSON
import Synchronization

/// `GET /ws/connect`: the same streams as ``NativeStream``, over a WebSocket.
///
/// A class, since every connection refers to it.
final class SocketEndpoint: Sendable {
    static let path: PathPattern = "/ws/connect"

    let stream: NativeStream
    let typing: TypingIndicator
    let strangers = Strangers()

    init(stream: NativeStream, typing: TypingIndicator) {
        self.stream = stream
        self.typing = typing
    }

    func takes(_ head: HTTPRequestHead) -> Bool { head.method == .GET && Self.path.match(head.path) != nil }

    /// - Throws: ``Problem`` 400 for an invalid query.
    func query(of head: HTTPRequestHead) throws(Problem) -> Query {
        try StreamEndpoints.Match(endpoint: stream, parameter: nil).query(of: head)
    }

    /// - Parameters:
    ///   - head: what is sent before the first event.
    ///   - known: the tenant's boards.
    /// - Throws: ``Problem`` as ``StreamQuery`` does.
    func request(
        _ query: Query, by principal: Principal, head: ByteBuffer, prefix: String = "", known: Set<BoardID>
    ) throws(Problem) -> StreamRequest {
        let question = StreamQuestion(
            principal: principal, query: query, parameter: nil, lastEventID: nil, prefix: prefix, head: head,
            known: known)
        return try stream.request(question, on: .webSocket)
    }

    /// The answer to a refused handshake.
    static func refusal(_ refusal: ReaderAdmission.Refusal) -> Problem {
        switch refusal {
        case .problem(let problem): problem
        case .room(let error): Problem(error)
        }
    }

    /// - Throws: ``Problem`` 404 for a board that the tenant does not have, 403 for one that the token does not allow.
    func require(_ board: BoardID, among known: Set<BoardID>, for principal: Principal) throws(Problem) {
        guard known.contains(board) else { throw .notFound }
        try principal.mustSee(board)
    }

    // MARK: Answers to commands

    static func error(_ problem: Problem, to id: JSONValue?, now: Timestamp) -> ByteBuffer {
        answer("error", to: id, now: now) {
            $0.name("status"); $0.int(problem.status.code)
            $0.name("code"); $0.string(problem.code)
            $0.name("detail"); $0.string(problem.detail)
        }
    }

    static func pong(to id: JSONValue?, now: Timestamp) -> ByteBuffer { answer("pong", to: id, now: now) { _ in } }

    static func renewed(until expiresAt: Timestamp, to id: JSONValue?, now: Timestamp) -> ByteBuffer {
        answer("token.renewed", to: id, now: now) {
            $0.name("expiresAt"); $0.string(expiresAt.description)
        }
    }

    /// - Parameter id: the client's own for its command.
    private static func answer(
        _ type: String, to id: JSONValue?, now: Timestamp, _ body: (inout JSONWriter) -> Void
    ) -> ByteBuffer {
        var json = JSONWriter()
        json.object {
            $0.name("type"); $0.string(type)
            if let id {
                $0.name("id"); $0.value(id)
            }
            body(&$0)
            $0.name("timestamp"); $0.string(now.description)
        }
        return SocketBytes.text(ByteBuffer(bytes: json.bytes))
    }
}

/// Counts the open WebSockets whose clients have not sent a token yet.
final class Strangers: Sendable {
    static let limit = 1024
    private let count = Mutex(0)

    /// Counts one in; false at the limit.
    func enter() -> Bool {
        count.withLock { count in
            guard count < Self.limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
