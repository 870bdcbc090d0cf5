import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Gateway

/// A stream's socket on the loopback: whether its peer's machine is heard of.
@Suite struct DescriptorSinkTests {
    /// Makes a sink of its connection. Touched on its loop alone.
    private final class Accepting: ChannelInboundHandler, @unchecked Sendable {
        typealias InboundIn = ByteBuffer
        var sink: DescriptorSink?
        func channelActive(context: ChannelHandlerContext) {
            sink = DescriptorSink(context: context, sendBuffer: 131_072)
        }
    }

    @Test func `a peer that reads nothing is heard of all the same, and one that has left is not asked`() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let accepting = Accepting()
        let server = try await ServerBootstrap(group: loop)
            .childChannelInitializer { $0.pipeline.addHandler(accepting) }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try await ClientBootstrap(group: loop).channelOption(.autoRead, value: false)
            .connect(to: server.localAddress!).get()
        var sent: Int?
        _ = try await comesTrue {
            sent = try await loop.submit { accepting.sink?.send(ByteBuffer(string: "data: {}\n\n")) }.get()
            return sent != nil
        }
        #expect(sent == 10)
        // The kernel acknowledges for the reader; how soon is its affair.
        #expect(try await comesTrue { try await loop.submit { accepting.sink?.silence == nil }.get() })
        try await loop.submit { accepting.sink?.forget() }.get()
        #expect(try await loop.submit { accepting.sink?.silence }.get() == nil)
        try await client.close()
        try await server.close()
    }
}
