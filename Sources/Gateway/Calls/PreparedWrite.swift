import Boards
import HTTPTypes
import Hummingbird
import NIOCore

/// What a call that is one write comes to: the command, and the answer to be made of its commit.
struct PreparedWrite: Sendable {
    /// A whole answer of few bytes.
    struct Answer: Sendable {
        var status = HTTPResponse.Status.ok
        var headers: HTTPFields = [:]
        /// JSON; empty for an answer without a body.
        var json: [UInt8] = []

        var response: Response {
            json.isEmpty
                ? Response(status: status, headers: headers) : .json(json, status: status, headers: headers)
        }
    }

    let command: Command
    let answer: @Sendable (Commit<Written>) throws(BoardError) -> Answer

    init(_ command: Command, answer: @escaping @Sendable (Commit<Written>) throws(BoardError) -> Answer) {
        (self.command, self.answer) = (command, answer)
    }

    /// Of a write about one task.
    init(_ command: TaskCommand, answer: @escaping @Sendable (Commit<BoardTask>) -> Answer) {
        self.init(.task(command)) { commit throws(BoardError) in answer(try commit.narrowed(\.task)) }
    }
}
