import Boards
import Events
import HTTPTypes
import Hummingbird
import NIOCore

/// What a request comes to that is answered without a task: a write that the store does on its own thread, or something
/// that takes no time.
struct PreparedCall: Sendable {
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

    /// Makes the answer, away from the store's threads; throws what the request is refused for.
    typealias Result = @Sendable () throws -> Answer

    /// Begins the work. It calls `answered` once, on whichever thread.
    let begin:
        @Sendable (
            _ author: Principal, _ once: IdempotencyKey?, _ answered: @escaping @Sendable (@escaping Result) -> Void
        ) -> Void

    /// Something that is done at once.
    init(_ act: @escaping @Sendable (Principal) throws -> Answer) {
        begin = { author, _, answered in
            let result = Swift.Result { try act(author) }
            answered { try result.get() }
        }
    }

    /// Something that begins now and calls `answered` later.
    init(
        later begin: @escaping @Sendable (Principal, @escaping @Sendable (@escaping Result) -> Void) -> Void
    ) {
        self.begin = { author, _, answered in begin(author, answered) }
    }

    /// A write.
    init(
        _ command: Command, to store: any BoardStore,
        answer: @escaping @Sendable (Commit<Written>) throws(BoardError) -> Answer
    ) {
        begin = { author, once, answered in
            store.submit(command, by: author, once: once) { result in
                answered { try answer(try result.get()) }
            }
        }
    }

    /// A write about one task.
    init(
        _ command: TaskCommand, to store: any BoardStore, answer: @escaping @Sendable (Commit<BoardTask>) -> Answer
    ) {
        self.init(.task(command), to: store) { commit throws(BoardError) in answer(try commit.narrowed(\.task)) }
    }
}
