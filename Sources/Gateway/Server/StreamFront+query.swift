import NIOCore
import NIOHTTP1

/// Requests with the method QUERY, which go on as the GET that they stand for.
extension StreamFront {
    /// - Throws: ``Problem``; the connection goes on with HTTP requests.
    func goOn(with head: HTTPRequestHead, _ body: QueryBody, context: ChannelHandlerContext) throws(Problem) {
        let get = try QueryMethod.get(head, body.bytes)
        if let target = target(of: get) { return decide(get, target, context: context) }
        pass(get, context: context)
    }
}
