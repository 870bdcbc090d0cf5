import HTTPTypes
import StrictJSON

/// A client's text message on a WebSocket: one JSON object, which holds a command and perhaps the client's own `id` for
/// it, which the answer gives back.
struct SocketMessage {
    /// A text of at most 128 bytes, or a whole number; nil when there is none, or none that can be given back.
    let id: JSONValue?
    /// Or why it is none, which quotes nothing of the message.
    let command: Result<SocketCommand, Problem>

    init(_ text: String) {
        let object: JSONObject?
        do { object = try JSONParser.parse(text.utf8).object } catch {
            self.init(.failure(Problem(.invalidJSON, "This is not JSON that we take: \(error).")))
            return
        }
        guard let object else {
            self.init(.failure(Problem(.invalidJSON, "A message must be a JSON object.")))
            return
        }
        let id = object["id"]
        guard let id, !id.isNull else {
            self.init(Result { () throws(Problem) in try SocketCommand(object) })
            return
        }
        guard id.int != nil || id.string.map({ $0.utf8.count <= 128 }) == true else {
            self.init(.failure(.badCommand("id must be a text of 128 bytes at most, or a whole number")))
            return
        }
        self.init(id: id, Result { () throws(Problem) in try SocketCommand(object) })
    }

    private init(id: JSONValue? = nil, _ command: Result<SocketCommand, Problem>) {
        (self.id, self.command) = (id, command)
    }
}
