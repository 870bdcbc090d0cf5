import Boards
import Events
import NIOCore
import Rooms

/// `GET /sse/connect`: the stream of every event that the token allows, in full.
struct NativeStream: StreamEndpoint {
    let path: PathPattern = "/sse/connect"
    let names = QueryNames.stream(["types", "since", "snapshot"], repeatable: ["board"])
    var items: [StreamItem] { StreamItem.native }

    let store: any BoardStore
    let relay: Relay
    let answers: Answers

    func prepare(_ question: StreamQuestion) throws(Problem) -> StreamPreparation {
        .ready(try request(question, on: .eventStream))
    }

    /// - Throws: ``Problem`` as ``StreamQuery`` does.
    func request(_ question: StreamQuestion, on wire: Wire) throws(Problem) -> StreamRequest {
        let principal = question.principal
        let asked = try StreamQuery(
            question.query, lastEventID: question.lastEventID, principal: principal,
            prefix: question.prefix, known: question.known)
        var snapshot: (@Sendable () async throws -> StreamRequest.Snapshot)?
        if try question.query.flag("snapshot") {
            let limited = principal.limited(to: asked.selection.boards)
            snapshot = { [store, relay, answers] in
                try await store.initEvent(for: limited, in: answers, now: relay.wallClock())
            }
        }
        return StreamRequest(
            principal: principal, selection: asked.asked, wire: wire, cursor: asked.cursor, head: question.head,
            snapshotURL: asked.snapshotURL, snapshot: snapshot)
    }
}
