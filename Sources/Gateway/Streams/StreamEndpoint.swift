import Events
import NIOCore
import Rooms

/// A path that serves a stream of events, and the format of that stream.
///
/// Tokens, origins, limits and the connection itself are the same for all of them: see ``ReaderAdmission``.
protocol StreamEndpoint: Sendable {
    /// The path for GET; a segment `:name` stands for any segment that is not empty.
    var path: PathPattern { get }

    /// The names that the query may have, made with ``QueryNames/stream(_:repeatable:)``.
    var names: QueryNames { get }

    /// What it sends, for the API's description.
    var items: [StreamItem] { get }

    /// Makes the stream's request from the question.
    ///
    /// - Throws: ``Problem``, the answer instead of a stream.
    func prepare(_ question: StreamQuestion) throws(Problem) -> StreamPreparation
}

/// A request to an endpoint, whose token was verified.
struct StreamQuestion: Sendable {
    let principal: Principal
    let query: Query
    /// The value in the path for its pattern's `:name`, still percent-encoded.
    let parameter: Substring?
    let lastEventID: String?
    /// What precedes our paths in the client's URLs.
    let prefix: String
    /// The response's head, which goes out with the first event.
    let head: ByteBuffer
    /// The tenant's boards.
    let known: Set<BoardID>
}

/// An endpoint's answer to a ``StreamQuestion``.
enum StreamPreparation: Sendable {
    case ready(StreamRequest)
    /// The store has to be read first.
    case reading(@Sendable () async throws(Problem) -> StreamRequest)
}

extension QueryNames {
    /// The names that a stream's query may have: its own, those of the credentials that every stream takes, and the one
    /// with which clients without header fields come back; a stream without cursors ignores it, as it does the field.
    static func stream(_ single: Set<String>, repeatable: Set<String> = []) -> QueryNames {
        QueryNames(single: single.union(["token", "ticket", "lastEventId"]), repeatable: repeatable)
    }
}
