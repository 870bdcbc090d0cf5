import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Rooms

/// Hummingbird's HTTP/1.1 server with ``StreamFront`` before its router.
///
/// Its connections become Hummingbird's only when a request comes that is not for a stream.
struct StreamServer: HTTPChannelHandler {
    /// One accepted connection. Whatever happens on it happens in its handlers, or in a task of ``RequestTasks``.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    let responder: Responder
    let route: StreamRoute
    let sockets: SocketRoute
    let requests: RequestTasks
    let idleTimeout: Duration

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            guard let registry = route.relay.registry(on: channel.eventLoop) else { throw ChannelError.eof }
            let codec = Codec(maxHeaderBytes: route.settings.maxHeaderBytes)
            let front = StreamFront(route: route, sockets: sockets, registry: registry, codec: codec, logger: logger) {
                let connection = try addHummingbird(to: channel, logger: logger)
                requests.start { await handleHTTP(asyncChannel: connection, logger: logger) }
            }
            // What the first read is given stays with a connection for its life.
            try channel.syncOptions?.setOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 1024, maximum: 65_536))
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(codec.encoder)
            try pipeline.addHandler(codec.decoder)
            try pipeline.addHandler(front)
            return Value(channel: channel)
        }
    }

    /// What stands before the front as long as there are requests.
    struct Codec {
        let encoder = HTTPResponseEncoder()
        let decoder: ByteToMessageHandler<HTTPRequestDecoder>

        init(maxHeaderBytes: Int) {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderListSize = maxHeaderBytes
            limits.maxHeaderFieldSize = maxHeaderBytes
            limits.maxHeaderFieldCount = 200
            // What comes behind a handshake is for the WebSocket.
            decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
        }
    }

    private func addHummingbird(
        to channel: any Channel, logger: Logger
    ) throws -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        try channel.pipeline.syncOperations.addHandlers([
            HTTP1ToHTTPServerCodec(secure: false),
            HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger),
        ])
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    /// Nothing is left to do: the connection runs by itself.
    func handle(value: Value, logger: Logger) async {}
}
