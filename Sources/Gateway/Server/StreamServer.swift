import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Rooms
import Text

/// Hummingbird's HTTP/1.1 server with ``StreamFront`` before its router.
///
/// A connection gets Hummingbird's handlers only when a request arrives that is not for a stream.
struct StreamServer: HTTPChannelHandler {
    /// One accepted connection. Its work is done in its handlers, or in a task of ``RequestTasks``.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    /// Bytes that are read from a connection at once.
    private static let readBytes = 16_384

    let responder: Responder
    let streams: Streams
    let polls: PollResponder
    let requests: RequestTasks
    let watches: [RequestWatch]
    let connections: OpenConnections

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            do {
                try addHandlers(to: channel, logger: logger)
            } catch {
                connections.leave(asRequests: true)
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
            streams: streams, polls: polls, hub: hub, codec: codec, connections: connections, logger: logger
        ) { peer in
            let connection = try addHummingbird(to: channel, logger: logger)
            requests.start {
                await ConnectionLoop.$current.withValue(channel.eventLoop) {
                    await ConnectionPeer.$announced.withValue(peer) {
                        await handleHTTP(asyncChannel: connection, logger: logger)
                    }
                }
            }
        }
        // The buffer of the first read stays allocated as long as the connection.
        try channel.syncOptions?.setOption(
            .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 1024, maximum: Self.readBytes))
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        let pipeline = channel.pipeline.syncOperations
        if expectsProxyHeader(from: channel.remoteAddress) { try pipeline.addHandler(ProxyHeaderHandler()) }
        try pipeline.addHandler(codec.encoder)
        try pipeline.addHandler(codec.requestGuard.decoder)
        try pipeline.addHandler(codec.requestGuard)
        // Added last, since it counts the connection out.
        try pipeline.addHandler(front)
    }

    private func expectsProxyHeader(from address: SocketAddress?) -> Bool {
        let settings = streams.settings
        guard settings.proxyProtocol, let peer = address.flatMap({ ClientAddress($0) }) else { return false }
        return settings.trustedProxies.contains { $0.contains(peer) }
    }

    /// The handlers before the front while the connection speaks HTTP requests.
    struct Codec {
        let encoder = HTTPResponseEncoder()
        let requestGuard: RequestGuard

        init(_ settings: GatewaySettings, watch: RequestWatch) {
            let rules = RequestRules(
                maxBodyBytes: settings.maxBodyBytes, maxImportBytes: settings.maxImportBytes,
                prefix: settings.publicURL?.path ?? "")
            requestGuard = RequestGuard(rules: rules, watch: watch) {
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
            // When it leaves, its unread bytes go to the next handler; it keeps at most one read.
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
        // A request's head, body and end fit; of a longer body a few reads wait until they are asked for.
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(
                backPressureStrategy: .init(lowWatermark: 2, highWatermark: 4), isOutboundHalfClosureEnabled: true))
    }

    /// Does nothing: the handlers run the connection.
    func handle(value: Value, logger: Logger) async {}
}
