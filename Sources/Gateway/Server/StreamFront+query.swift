import NIOCore
import NIOHTTP1

/// Requests with the method QUERY, which go on as the GET that they stand for.
extension StreamFront {
    /// - Throws: ``Problem``; the connection goes on with HTTP requests.
    func goOn(with head: HTTPRequestHead, _ body: QueryBody, context: ChannelHandlerContext) throws(Problem) {
        let get = try QueryMethod.get(head, body.bytes)
        guard let target = target(of: get) else { return pass(get, context: context) }
        set(.deciding(get, target, isComplete: true))
        decide(context: context)
    }

    /// Passes a request without a body on to Hummingbird, and goes on with those that waited.
    private func pass(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        unanswered += 1
        forward(.head(head), context: context)
        forward(.end(nil), context: context)
        goOn(context: context)
        context.fireChannelReadComplete()
    }
}
