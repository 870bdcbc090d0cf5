import HTTPTypes
import Hummingbird
import NIOCore

/// Says `100 Continue` when the reading of a request's body begins, to a client that waits for it (RFC 9110 §10.1.1). A
/// request that is refused before that is answered without its body ever being sent.
struct BodyOnDemand: RouterMiddleware {
    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard request.headers[.expect] != nil else { return try await next(request, context) }
        var request = request
        request.body = RequestBody(asyncSequence: Announced(body: request.body, channel: context.channel))
        return try await next(request, context)
    }

    /// A body whose reading is announced to the connection when it begins.
    private struct Announced: AsyncSequence, Sendable {
        typealias Element = ByteBuffer
        let body: RequestBody
        let channel: any Channel

        func makeAsyncIterator() -> RequestBody.AsyncIterator {
            channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
            return body.makeAsyncIterator()
        }
    }
}

/// Sent down a connection when whoever handles its request wants the body.
struct BodyWanted: Sendable {}

extension HTTPField.Name {
    static let expect = Self("Expect")!
}
