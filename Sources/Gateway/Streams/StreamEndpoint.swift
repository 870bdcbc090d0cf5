import Events
import NIOCore
import Rooms

/// A path at which there is a stream of events, and the shape that they have there.
///
/// Tokens, origins, limits and the connection itself are the same for all of them: see ``ReaderAdmission``.
protocol StreamEndpoint: Sendable {
    /// With GET; a segment `:name` stands for any one that is not empty.
    var path: PathPattern { get }

    /// What the query may name beside a token or a ticket.
    var names: Set<String> { get }
    var repeatable: Set<String> { get }

    /// What is to be shown.
    ///
    /// - Throws: ``Problem``, the answer instead of a stream.
    func prepare(_ question: StreamQuestion) throws(Problem) -> StreamPreparation
}

/// What somebody whose token was verified asks an endpoint for.
struct StreamQuestion: Sendable {
    let principal: Principal
    let query: Query
    /// What stands in the path for its pattern's `:name`, still percent-encoded.
    let parameter: Substring?
    let lastEventID: String?
    /// The response's head, which goes out with the first event.
    let head: ByteBuffer
    /// The tenant's boards.
    let known: Set<BoardID>
}

/// What an endpoint answers to a ``StreamQuestion``.
enum StreamPreparation: Sendable {
    case ready(StreamRequest)
    /// The store has to be read first.
    case reading(@Sendable () async throws(Problem) -> StreamRequest)
}
