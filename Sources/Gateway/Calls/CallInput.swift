import Boards
import Events
import Hummingbird
import Rooms
import StrictJSON
import Text

/// The input of a call's handler: the parts of the request that its description names, validated.
struct CallInput: Sendable {
    let request: Request
    /// Empty for a call that does not read its query.
    let query: Query
    /// The value of the path's parameter, still percent-encoded; empty when the path has none.
    let parameter: String
    /// The body; without members where the call takes no JSON.
    let object: JSONObject
    /// The room that the body takes; nil where the call takes no JSON.
    let room: MemoryRoom?
    /// The `Idempotency-Key`, tied to the call and its body. Nil where none was sent, and for files.
    let once: IdempotencyKey?
    /// The version that `If-Match` demands; nil for any.
    let ifVersion: ExpectedVersion?

    // MARK: The path's parameter Only values that `PathParameter` accepts arrive here; for another kind of parameter
    // these throw 404.

    var board: BoardID { get throws(Problem) { try parameter(BoardID.init) } }
    var task: Int { get throws(Problem) { try parameter { Int(digits: $0) } } }
    var job: JobID { get throws(Problem) { try parameter { JobID($0) } } }
    var connection: ConnectionID { get throws(Problem) { try parameter { ConnectionID($0) } } }
    var user: UserID { get throws(Problem) { try parameter { Query.decode(path: $0).flatMap { UserID($0) } } } }

    private func parameter<Value>(_ read: (String) -> Value?) throws(Problem) -> Value {
        guard let value = read(parameter) else { throw .notFound }
        return value
    }
}
