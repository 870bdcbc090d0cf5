import Events
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import Rooms

/// Stands between the HTTP codec and Hummingbird on every connection, and answers streams itself.
///
/// A connection whose first request is a stream never becomes anything else and costs little more than its socket.
/// Anything else is handed on, and a stream request that comes later on the same connection takes it over then.
final class StreamFront: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Mode {
        case requests
        /// A stream request has come and is looked at; parts behind it wait.
        case deciding(HTTPRequestHead, isComplete: Bool)
        case stream(DescriptorSink)
    }

    private let route: StreamRoute
    private let registry: RoomRegistry
    private var codec: StreamServer.Codec?
    private let logger: Logger
    /// Adds Hummingbird's own handlers behind this one.
    private let attach: () throws -> Void

    private var mode = Mode.requests
    private var isAttached = false
    private var unanswered = 0
    private var isAnswering = false
    private var closesAfterResponse = false
    private var held: [HTTPServerRequestPart] = []
    private var subscriber: Subscriber?
    private static let mostHeld = 64

    init(
        route: StreamRoute, registry: RoomRegistry, codec: StreamServer.Codec, logger: Logger,
        attach: @escaping () throws -> Void
    ) {
        self.codec = codec
        self.route = route
        self.registry = registry
        self.logger = logger
        self.attach = attach
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // The codec is gone once a stream has begun; a client has nothing more to say.
        if case .stream = mode { return }
        take(unwrapInboundIn(data), context: context)
    }

    private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch (mode, part) {
        case (.stream, _): return
        case (.deciding(let head, isComplete: false), .end):
            mode = .deciding(head, isComplete: true)
            decide(context: context)
        case (.deciding(_, isComplete: false), _): return
        case (.deciding, _):
            held.append(part)
            if held.count > Self.mostHeld { context.close(promise: nil) }
        case (.requests, .head(let head)) where StreamRoute.takes(head):
            mode = .deciding(head, isComplete: false)
        case (.requests, .head):
            unanswered += 1
            forward(part, context: context)
        case (.requests, _): forward(part, context: context)
        }
    }

    private func forward(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        if !isAttached {
            isAttached = true
            do { try attach() } catch { return context.close(promise: nil) }
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .stream = mode {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isAnswering = true
            closesAfterResponse = head.headers.first(name: "connection")?.lowercased() == "close"
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            unanswered -= 1
            isAnswering = false
            if closesAfterResponse {
                context.writeAndFlush(data, promise: promise)
                context.close(promise: nil)
            } else {
                context.write(data, promise: promise)
                // Behind whatever the writer still has to do in this call.
                if case .deciding = mode {
                    context.eventLoop.assumeIsolated().execute { self.decide(context: context) }
                }
            }
        }
    }

    /// Hummingbird closes what it takes for its own connection; a stream is not.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if case .stream = self.mode { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
    }

    // MARK: Streams

    private func decide(context: ChannelHandlerContext) {
        guard case .deciding(let head, isComplete: true) = mode, unanswered == 0, context.channel.isActive else {
            return
        }
        guard head.version.major == 1, head.version.minor >= 1 else {
            let detail = "Streams need HTTP/1.1; behind nginx set proxy_http_version 1.1."
            return refuse(Problem(.httpVersionNotSupported, "http_version", detail), head, of: nil, context: context)
        }
        var tenant: TenantID?
        do {
            let caller = try route.caller(head, from: context.remoteAddress)
            tenant = caller.tenant
            guard let known = route.relay.boards(of: caller.tenant) else {
                return route.relay.load(caller.tenant, on: context.eventLoop).assumeIsolated().whenComplete {
                    switch $0 {
                    case .success: self.decide(context: context)
                    case .failure: self.refuse(.unavailable, head, of: caller.tenant, context: context)
                    }
                }
            }
            begin(try route.request(head, caller, known: known), head, context: context)
        } catch {
            refuse(error, head, of: tenant, context: context)
        }
    }

    private func refuse(
        _ problem: Problem, _ head: HTTPRequestHead, of tenant: TenantID?, context: ChannelHandlerContext
    ) {
        guard case .deciding = mode else { return }
        let id = ConnectionID.random().description
        logger.debug("stream refused", metadata: ["code": "\(problem.code)", "request": "\(id)"])
        RawResponse.write(
            problem, requestID: id, closing: !head.isKeepAlive, extra: route.cors(head, of: tenant), to: context)
        mode = .requests
        let waiting = held
        held = []
        for part in waiting { take(part, context: context) }
    }

    private func begin(_ request: StreamRequest, _ head: HTTPRequestHead, context: ChannelHandlerContext) {
        guard let sink = DescriptorSink(context: context, sendBuffer: registry.limits.queueBytes / 2) else {
            return refuse(.unavailable, head, of: request.tenant, context: context)
        }
        mode = .stream(sink)
        held = []
        removeCodec(context: context)
        try? context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        if isAttached { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        registry.open(request, on: sink) { [self] result in
            switch result {
            case .success(let subscriber):
                // The client may have left while its tenant was loaded.
                guard context.channel.isActive else { return registry.drop(subscriber) }
                self.subscriber = subscriber
            // The store can't be read: the connection ends, and the client comes back by itself.
            case .failure(.unavailable): sink.abort()
            case .failure(let error):
                sink.finish(route.refusalInStream(error, head, of: request.tenant, now: registry.wallClock))
            }
        }
    }

    private func removeCodec(context: ChannelHandlerContext) {
        guard let codec else { return }
        self.codec = nil
        context.pipeline.syncOperations.removeHandler(codec.encoder, promise: nil)
        context.pipeline.syncOperations.removeHandler(codec.decoder, promise: nil)
    }

    // MARK: The connection's own life

    func channelReadComplete(context: ChannelHandlerContext) {
        // Whoever reads on behalf of requests has gone; without a read the end of the connection is not seen.
        if case .stream = mode { context.read() } else { context.fireChannelReadComplete() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .stream(let sink) = mode { sink.forget() }
        if let subscriber { registry.drop(subscriber) }
        subscriber = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (mode, event) {
        case (.stream, is ChannelShouldQuiesceEvent):
            if let subscriber { registry.drain(subscriber, over: route.settings.drainMilliseconds) }
        case (.stream, let event as ChannelEvent) where event == .inputClosed: context.close(promise: nil)
        case (_, is ChannelShouldQuiesceEvent) where !isAttached: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// Bytes that are not HTTP: said once, then closed (RFC 9112 §9.3, §3 for what is refused).
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, case .requests = mode else { return context.close(promise: nil) }
        // Whoever reads the body must not take its beginning for the whole.
        context.fireErrorCaught(error)
        if unanswered > 1 || isAnswering { return context.close(promise: nil) }
        let problem =
            error == .headerOverflow
            ? Problem(.requestHeaderFieldsTooLarge, "headers_too_large", "The request's head is larger than we take.")
            : Problem(.badRequest, "bad_request", "This is not HTTP/1.1 as RFC 9112 has it.")
        RawResponse.write(
            problem, requestID: ConnectionID.random().description, closing: true, to: context)
    }
}

extension Problem {
    static let unavailable = Problem(.serviceUnavailable, "unavailable", "The store can't be read now; try again.")
        .with(.retryAfter, "1")
}
