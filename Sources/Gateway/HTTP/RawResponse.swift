import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Writes responses without the router: refusals of streams and of bad HTTP.
enum RawResponse {
    /// - Parameter mode: which directions of the connection are closed afterwards, if any.
    static func write(
        _ problem: Problem, requestID: String, closing: Bool, mode: CloseMode = .all,
        extra: [(String, String)] = [], to context: ChannelHandlerContext
    ) {
        let body = problem.body(requestID: requestID)
        var headers = HTTPHeaders([
            ("Content-Type", "application/problem+json"), ("Content-Length", String(body.readableBytes)),
            ("Cache-Control", "no-store"),
        ])
        for field in problem.headers where field.name != .connection {
            headers.add(name: field.name.rawName, value: field.value)
        }
        for (name, value) in extra { headers.add(name: name, value: value) }
        if closing { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .init(statusCode: problem.status.code, reasonPhrase: problem.status.reasonPhrase),
            headers: headers)
        context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
        context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: nil)
        if closing { context.close(mode: mode, promise: nil) }
    }

    /// Writes a whole answer; its room is held until it has left.
    static func write(_ answer: PollResponder.Answer, closing: Bool, to context: ChannelHandlerContext) {
        var headers = HTTPHeaders()
        for field in answer.response.headers where field.name != .contentLength && field.name != .connection {
            headers.add(name: field.name.rawName, value: field.value)
        }
        headers.add(name: "Content-Length", value: String(answer.body.readableBytes))
        if closing { headers.add(name: "Connection", value: "close") }
        let status = answer.response.status
        let head = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: status.code, reasonPhrase: status.reasonPhrase),
            headers: headers)
        context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
        context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(answer.body))), promise: nil)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.whenComplete { _ in withExtendedLifetime(answer) {} }
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: sent)
        if closing { context.close(promise: nil) }
    }

    /// The status line and fields, but for `Content-Length`, `Connection` and the empty line.
    static func head(_ response: HTTPResponse) -> ByteBuffer {
        var head = ByteBuffer()
        head.writeString("HTTP/1.1 \(response.status.code) \(response.status.reasonPhrase)\r\n")
        for field in response.headerFields where field.name != .contentLength && field.name != .connection {
            head.writeString("\(field.name.rawName): \(field.value)\r\n")
        }
        return head
    }

    /// The head of an event stream. What comes after it is chunks; to HTTP/1.0 it is the events alone, until the
    /// connection ends.
    static func streamHead(for version: HTTPVersion, extra: [(String, String)]) -> ByteBuffer {
        guard version != .http1_0 else { return makeStreamHead(isChunked: false, extra: extra) }
        return extra.isEmpty ? plainStreamHead : makeStreamHead(isChunked: true, extra: extra)
    }

    private static let plainStreamHead = makeStreamHead(isChunked: true, extra: [])

    private static func makeStreamHead(isChunked: Bool, extra: [(String, String)]) -> ByteBuffer {
        var head = ByteBuffer()
        head.reserveCapacity(512)
        head.writeStaticString(
            """
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream\r
            Cache-Control: no-cache, no-store, no-transform\r
            X-Accel-Buffering: no\r
            X-Content-Type-Options: nosniff\r
            Referrer-Policy: no-referrer\r

            """)
        head.writeStaticString(isChunked ? "Transfer-Encoding: chunked\r\n" : "Connection: close\r\n")
        for (name, value) in extra { head.writeString("\(name): \(value)\r\n") }
        head.writeStaticString("\r\n")
        return head
    }
}
