import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Gateway

/// A connection on a loop whose time the test moves, and whose answers it gives.
final class GuardedConnection {
    static let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    static let next = "GET /b HTTP/1.1\r\nHost: x\r\n\r\n"

    let channel = EmbeddedChannel()
    let requests: RequestGuard
    let watch: RequestWatch
    let connections = OpenConnections(limit: 1)
    private(set) var output = ""

    init() throws {
        watch = RequestWatch(loop: channel.eventLoop, connections: connections)
        requests = RequestGuard(rules: RequestRules(maxBodyBytes: 100), watch: watch) {
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
        }
        let pipeline = channel.pipeline.syncOperations
        try channel.setOption(.allowRemoteHalfClosure, value: true).wait()
        try pipeline.addHandlers([HTTPResponseEncoder(), requests.decoder, requests])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    func send(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
        channel.embeddedEventLoop.run()
    }

    func advance(by seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    /// The targets of the requests that were passed on since the last look, each once it has ended.
    func passed() throws -> [String] {
        var (targets, ended): ([String], [String]) = ([], [])
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            if case .head(let head) = part { targets.append(head.uri) }
            if case .end = part { ended.append(targets.removeLast()) }
        }
        return ended
    }

    func begin(_ status: HTTPResponseStatus = .ok) throws {
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: ["Content-Length": "0"])
        try channel.writeOutbound(HTTPServerResponsePart.head(head))
    }

    func answer(_ status: HTTPResponseStatus = .ok) throws {
        try begin(status)
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        channel.embeddedEventLoop.run()
    }

    /// The statuses of everything that went out.
    func statuses() throws -> [Int] {
        while var bytes = try channel.readOutbound(as: ByteBuffer.self) {
            output += bytes.readString(length: bytes.readableBytes) ?? ""
        }
        return output.ranges(of: "HTTP/1.1 ").compactMap { Int(output[$0.upperBound...].prefix(3)) }
    }

    var isOpen: Bool { channel.isActive }
}
