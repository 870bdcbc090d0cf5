import Events
import NIOCore
import NIOHTTP1
import Rooms

/// A path beside ``StreamRoute/path`` at which a stream is to be had, in a dialect of its own.
///
/// Tokens, origins, limits and the connection itself are the front's, as for every stream.
protocol StreamEndpoint: Sendable {
    /// - Parameter path: of a GET, without the query, as it was sent.
    func takes(_ path: Substring) -> Bool

    /// What the query may name beside `token` and `ticket`.
    var names: Set<String> { get }
    var repeatable: Set<String> { get }

    /// What is to be shown; may look at the store.
    ///
    /// - Throws: ``Problem``, the answer instead of a stream.
    func request(_ ask: StreamAsk) async throws(Problem) -> StreamRequest
}

/// A stream that somebody known asks an endpoint for.
struct StreamAsk: Sendable {
    let caller: StreamRoute.Caller
    /// As it was sent, still percent-encoded.
    let path: Substring
    let lastEventID: String?
    /// The response's head, which goes out with the first event.
    let head: ByteBuffer
    /// The tenant's boards.
    let known: Set<BoardID>

    var principal: Principal { caller.principal }
}

extension HTTPRequestHead {
    /// Its target without the query.
    var path: Substring { uri[..<(uri.utf8.firstIndex(of: UInt8(ascii: "?")) ?? uri.endIndex)] }
}
