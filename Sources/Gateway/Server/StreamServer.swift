import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL
import Rooms
import Text

/// The handlers of a connection: ``ConnectionStart`` alone at first; then, for all but plain streams, those of HTTP
/// requests, with ``StreamFront`` before Hummingbird's router.
///
/// Hummingbird's own handlers come only when a request arrives that is not for a stream.
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
    /// One for each of ``watches``.
    let executors: [LoopExecutor]
    /// One for each of ``watches``.
    let calls: [CallFront]
    /// One for each of ``watches``.
    let direct: [DirectStreams]
    let connections: OpenConnections
    /// Nil for a server that speaks plain HTTP.
    let certificate: ServerCertificate?
    let logger: Logger

    /// Whether connections of trusted proxies begin with the PROXY protocol.
    var takesFromProxies: Bool { streams.expectsProxyHeaders }

    /// Adds the first handler to a connection that was accepted.
    func start(_ channel: any Channel) throws {
        do {
            if let certificate { return try secure(channel, certificate) }
            if expectsProxyHeader(from: channel) { return try adopt(channel) }
            try set(channel)
            guard let (hub, watch, index) = place(of: channel) else { throw ChannelError.eof }
            try channel.pipeline.syncOperations.addHandler(
                ConnectionStart(direct[index], of: self, on: hub, watch: watch))
        } catch {
            connections.leave(asRequests: true)
            throw error
        }
    }

    /// Adds the handlers of HTTP requests to a connection that is not to be read directly.
    func adopt(_ channel: any Channel) throws {
        try set(channel)
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        if expectsProxyHeader(from: channel) {
            try channel.pipeline.syncOperations.addHandler(ProxyHeaderHandler())
        }
        try addHandlers(to: channel, over: Transport.plain)
    }

    private func set(_ channel: any Channel) throws {
        // The buffer of the first read stays allocated as long as the connection.
        try channel.syncOptions?.setOption(
            .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 1024, maximum: Self.readBytes))
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
    }

    private func place(of channel: any Channel) -> (LoopHub, RequestWatch, Int)? {
        guard let hub = streams.admission.relay.hub(on: channel.eventLoop),
            let index = watches.firstIndex(where: { $0.loop === channel.eventLoop })
        else { return nil }
        return (hub, watches[index], index)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try start(channel)
            return Value(channel: channel)
        }
    }

    /// Adds the handlers of HTTP/1.1.
    func addHandlers(to channel: any Channel, over transport: (OpenConnections) -> Transport) throws {
        guard let (hub, watch, index) = place(of: channel) else { throw ChannelError.eof }
        let codec = Codec(streams.settings, watch: watch)
        let front = front(of: channel, at: index, hub: hub, codec: codec, over: transport(connections))
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(codec.encoder)
        try pipeline.addHandler(codec.requestGuard.decoder)
        try pipeline.addHandler(codec.requestGuard)
        // Added last, since it counts the connection out.
        try pipeline.addHandler(front)
    }

    private func front(
        of channel: any Channel, at index: Int, hub: LoopHub, codec: Codec?, over transport: Transport
    ) -> StreamFront {
        let announced = transport.announcedPeer
        return StreamFront(
            streams: streams, polls: polls, calls: calls[index], hub: hub, codec: codec, over: transport, logger: logger
        ) { peer in
            let connection = try addHummingbird(to: channel, logger: logger)
            requests.start(on: executors[index]) {
                await ConnectionLoop.$current.withValue(channel.eventLoop) {
                    await ConnectionPeer.$announced.withValue(peer ?? announced) {
                        await handleHTTP(asyncChannel: connection, logger: logger)
                    }
                }
            }
        }
    }

    // MARK: TLS

    private func secure(_ channel: any Channel, _ certificate: ServerCertificate) throws {
        try set(channel)
        guard let (_, watch, _) = place(of: channel) else { throw ChannelError.eof }
        let pipeline = channel.pipeline.syncOperations
        if expectsProxyHeader(from: channel) { try pipeline.addHandler(ProxyHeaderHandler()) }
        try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context))
        // Added last, since it counts the connection out.
        try pipeline.addHandler(SecureStart(self, watch: watch))
    }

    /// Adds the handlers of HTTP/2.
    ///
    /// - Parameter peer: the client as a proxy has announced it.
    func addShared(to channel: any Channel, peer: ClientAddress?) throws {
        guard let (hub, watch, index) = place(of: channel) else { throw ChannelError.eof }
        let settings = streams.settings
        let rules = Codec.rules(settings)
        let connection = SharedConnection(connections, watch: watch, peer: peer)
        let shared = NIOLoopBound(connection, eventLoop: channel.eventLoop)
        let management = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: nil, maxAge: nil, maxGraceTime: TimeAmount(settings.drain), keepalive: nil))
        let frames = NIOHTTP2Handler(
            mode: .server, eventLoop: channel.eventLoop,
            connectionConfiguration: SharedConnection.framing(maxHeaderBytes: settings.maxHeaderBytes),
            streamConfiguration: SharedConnection.sharing, streamDelegate: management.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let connection = shared.value
                let pipeline = stream.pipeline.syncOperations
                try pipeline.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                let request = SharedRequest(rules: rules, watch: watch, connection: connection)
                try pipeline.addHandler(request)
                try pipeline.addHandler(front(of: stream, at: index, hub: hub, codec: nil, over: .shared(request)))
            }
        }
        try channel.pipeline.syncOperations.addHandlers([frames, management])
        try channel.pipeline.syncOperations.addHandler(connection)
    }

    private func expectsProxyHeader(from channel: any Channel) -> Bool {
        streams.expectsProxyHeaders
            && channel.remoteAddress.flatMap { ClientAddress($0) }.map(streams.isTrusted) == true
    }

    /// The handlers before the front while the connection speaks HTTP requests.
    struct Codec {
        let encoder = HTTPResponseEncoder()
        let requestGuard: RequestGuard

        init(_ settings: GatewaySettings, watch: RequestWatch) {
            requestGuard = RequestGuard(rules: Self.rules(settings), watch: watch) {
                Self.makeDecoder(maxHeaderBytes: settings.maxHeaderBytes)
            }
        }

        static func rules(_ settings: GatewaySettings) -> RequestRules {
            RequestRules(
                maxBodyBytes: settings.maxBodyBytes, maxImportBytes: settings.maxImportBytes,
                prefix: settings.publicURL?.path ?? "")
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
