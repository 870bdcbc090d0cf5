import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Answers a poll by the same calls and checks as every other request, without a connection of Hummingbird's, so that
/// one that has to wait costs no more than a stream.
struct PollResponder: Sendable {
    private let responder: RouterResponder<AppContext>

    init(_ responder: RouterResponder<AppContext>) { self.responder = responder }

    /// Whether a request is a poll that may wait.
    static func takes(_ head: HTTPRequestHead) -> Bool {
        guard head.method == .GET, head.path == "/api/events", let query = head.query else { return false }
        guard !head.headers.contains(name: "transfer-encoding"), !head.headers.contains(name: "content-length") else {
            return false
        }
        return query.split(separator: "&").contains { $0.hasPrefix("wait=") && $0 != "wait=0" }
    }

    /// An answer whose body has been made.
    struct Answer: Sendable {
        let response: Response
        let body: ByteBuffer
    }

    /// - Parameter peer: as the PROXY protocol announced it.
    /// - Returns: the answer, and the poll if it has to wait: then the answer is what it is sent when nothing comes.
    func answer(
        _ head: HTTPRequestHead, on channel: any Channel, peer: ClientAddress?, logger: Logger
    ) async throws -> (Answer, WaitingPoll?) {
        var fields = HTTPFields()
        for (name, value) in head.headers {
            if let name = HTTPField.Name(name), name.rawName.lowercased() != "host" {
                fields.append(HTTPField(name: name, value: value))
            }
        }
        let request = Request(
            head: HTTPRequest(
                method: .get, scheme: "http", authority: head.headers.first(name: "host"), path: head.uri,
                headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
        let room = WaitingRoom()
        var logger = logger
        // Where Hummingbird looks for the request's id.
        logger[metadataKey: "hb.request.id"] = .stringConvertible(RequestID())
        let context = ConnectionPeer.$announced.withValue(peer) {
            AppContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        }
        let response = try await WaitingRoom.$current.withValue(room) {
            try await responder.respond(to: request, context: context)
        }
        let collected = Collected()
        try await response.body.write(collected)
        return (Answer(response: response, body: collected.bytes), room.poll)
    }

    private final class Collected: ResponseBodyWriter {
        private let buffer = Mutex(ByteBuffer())
        var bytes: ByteBuffer { buffer.withLock { $0 } }

        func write(_ buffer: ByteBuffer) async throws { _ = self.buffer.withLock { $0.writeImmutableBuffer(buffer) } }
        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
