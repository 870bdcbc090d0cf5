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
    let streams: Streams
    let requests: RequestTasks
    let watches: [RequestWatch]
    let connections: OpenConnections

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            do {
                try addHandlers(to: channel, logger: logger)
            } catch {
                connections.leave()
                throw error
            }
            return Value(channel: channel)
        }
    }

    private func addHandlers(to channel: any Channel, logger: Logger) throws {
        guard let hub = streams.admission.relay.hub(on: channel.eventLoop),
            let watch = watches.first(where: { $0.loop === channel.eventLoop })
        else { throw ChannelError.eof }
        let codec = Codec(streams.settings, watch: watch)
        let front = StreamFront(
            streams: streams, hub: hub, codec: codec, connections: connections, logger: logger
        ) {
            let connection = try addHummingbird(to: channel, logger: logger)
            requests.start { await handleHTTP(asyncChannel: connection, logger: logger) }
        }
        // What the first read is given stays with a connection for its life.
        try channel.syncOptions?.setOption(
            .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 1024, maximum: 65_536))
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(codec.encoder)
        try pipeline.addHandler(codec.requestGuard.decoder)
        try pipeline.addHandler(codec.requestGuard)
        // The last, for it is what counts the connection out.
        try pipeline.addHandler(front)
    }

    /// What stands before the front as long as there are requests.
    struct Codec {
        let encoder = HTTPResponseEncoder()
        let requestGuard: RequestGuard

        init(_ settings: GatewaySettings, watch: RequestWatch) {
            requestGuard = RequestGuard(rules: RequestRules(maxBodyBytes: settings.maxBodyBytes), watch: watch) {
                Self.makeDecoder(maxHeaderBytes: settings.maxHeaderBytes)
            }
        }

        func remove(from pipeline: ChannelPipeline.SynchronousOperations) {
            pipeline.removeHandler(encoder, promise: nil)
            pipeline.removeHandler(requestGuard.decoder, promise: nil)
            pipeline.removeHandler(requestGuard, promise: nil)
        }

        private static func makeDecoder(maxHeaderBytes: Int) -> RequestGuard.Decoder {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderListSize = maxHeaderBytes
            limits.maxHeaderFieldSize = maxHeaderBytes
            limits.maxHeaderFieldCount = 200
            // When it leaves, what it has not read goes to the next handler; more than one read is not kept.
            return ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits),
                maximumBufferSize: maxHeaderBytes + 65_536)
        }
    }

    private func addHummingbird(
        to channel: any Channel, logger: Logger
    ) throws -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        try channel.pipeline.syncOperations.addHandlers([
            HTTP1ToHTTPServerCodec(secure: false),
            HTTPConnectionStateHandler(logger: logger),
        ])
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    /// Nothing is left to do: the connection runs by itself.
    func handle(value: Value, logger: Logger) async {}
}
