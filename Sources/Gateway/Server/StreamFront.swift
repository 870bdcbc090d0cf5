import Events
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import Rooms
import Tokens

/// Stands between the HTTP codec and Hummingbird on every connection, and answers streams itself.
///
/// A connection whose first request is a stream never becomes anything else and costs little more than its socket.
/// Anything else is handed on, and a stream request that comes later on the same connection takes it over then.
final class StreamFront: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    enum Mode {
        case requests
        /// A stream request has come and is looked at; parts behind it wait.
        case deciding(HTTPRequestHead, isComplete: Bool)
        case stream(DescriptorSink)
        /// Everything is for the handlers behind this one, and goes out beneath it.
        case socket
    }

    let route: StreamRoute
    let sockets: SocketRoute
    let hub: LoopHub
    private var codec: StreamServer.Codec?
    private let connections: OpenConnections
    private let logger: Logger
    /// Adds Hummingbird's own handlers behind this one; nil once that is done, or will never be.
    private var attach: (() throws -> Void)?

    private(set) var mode = Mode.requests
    private var isAttached = false
    private var unanswered = 0
    private var isAnswering = false
    private var closesAfterResponse = false
    private var held: [HTTPServerRequestPart] = []
    private var reader: Reader?
    private static let mostHeld = 64

    init(
        route: StreamRoute, sockets: SocketRoute, hub: LoopHub, codec: StreamServer.Codec,
        connections: OpenConnections, logger: Logger, attach: @escaping () throws -> Void
    ) {
        self.codec = codec
        self.route = route
        self.sockets = sockets
        self.hub = hub
        self.connections = connections
        self.logger = logger
        self.attach = attach
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // The codec is gone once a stream has begun; a client has nothing more to say.
        if case .stream = mode { return }
        if case .socket = mode { return context.fireChannelRead(data) }
        take(unwrapInboundIn(data), context: context)
    }

    private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch (mode, part) {
        case (.stream, _), (.socket, _): return
        case (.deciding(let head, isComplete: false), .end):
            mode = .deciding(head, isComplete: true)
            decide(context: context)
        case (.deciding(_, isComplete: false), _): return
        case (.deciding, _):
            held.append(part)
            if held.count > Self.mostHeld { context.close(promise: nil) }
        case (.requests, .head(let head)) where route.takes(head) || SocketRoute.takes(head):
            mode = .deciding(head, isComplete: false)
        case (.requests, .head):
            unanswered += 1
            forward(part, context: context)
        case (.requests, _): forward(part, context: context)
        }
    }

    private func forward(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        if let attach {
            self.attach = nil
            isAttached = true
            do { try attach() } catch { return context.close(promise: nil) }
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isTaken {
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
        if isTaken { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
    }

    /// The connection is no longer one of requests.
    private var isTaken: Bool {
        switch mode {
        case .stream, .socket: true
        case .requests, .deciding: false
        }
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
        do {
            if SocketRoute.takes(head) { return try decideSocket(head, context: context) }
            decide(head, try route.caller(head, from: context.remoteAddress), context: context)
        } catch {
            refuse(error, head, of: nil, context: context)
        }
    }

    /// Again when the tenant was loaded, but with the same caller: a ticket is good once.
    private func decide(_ head: HTTPRequestHead, _ caller: StreamRoute.Caller, context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        guard let known = route.relay.boards(of: caller.principal.tenant) else {
            return route.relay.load(caller.principal.tenant, on: context.eventLoop).assumeIsolated().whenComplete {
                switch $0 {
                case .success: self.decide(head, caller, context: context)
                case .failure: self.refuse(.unavailable, head, of: caller.principal.tenant, context: context)
                }
            }
        }
        if let endpoint = route.endpoint(for: head) {
            return ask(endpoint, route.ask(head, caller, known: known), head, context: context)
        }
        do {
            begin(try route.request(head, caller, known: known), caller.principal, head, context: context)
        } catch {
            refuse(error, head, of: caller.principal.tenant, context: context)
        }
    }

    /// An endpoint may have to look at the store first.
    private func ask(
        _ endpoint: any StreamEndpoint, _ ask: StreamAsk, _ head: HTTPRequestHead, context: ChannelHandlerContext
    ) {
        let promise = context.eventLoop.makePromise(of: StreamRequest.self)
        promise.completeWithTask { try await endpoint.request(ask) }
        promise.futureResult.assumeIsolated().whenComplete { result in
            guard context.channel.isActive else { return }
            switch result {
            case .success(let request): self.begin(request, ask.caller.principal, head, context: context)
            case .failure(let error):
                self.refuse(error as? Problem ?? .unavailable, head, of: ask.caller.principal.tenant, context: context)
            }
        }
    }

    func refuse(
        _ problem: Problem, _ head: HTTPRequestHead, of tenant: TenantID?, context: ChannelHandlerContext
    ) {
        guard case .deciding = mode else { return }
        let id = ConnectionID.random().description
        logger.debug("stream refused", metadata: ["code": "\(problem.code)", "request": "\(id)"])
        RawResponse.write(
            // Behind an offer to upgrade the decoder reads no further.
            problem, requestID: id, closing: !head.isKeepAlive || head.headers.contains(name: "upgrade"),
            extra: route.cors(head, of: tenant), to: context)
        mode = .requests
        let waiting = held
        held = []
        for part in waiting { take(part, context: context) }
    }

    private func begin(
        _ request: StreamRequest, _ principal: Principal, _ head: HTTPRequestHead, context: ChannelHandlerContext
    ) {
        guard let sink = DescriptorSink(context: context, sendBuffer: hub.limits.queueBytes / 2) else {
            return refuse(.unavailable, head, of: request.tenant, context: context)
        }
        leaveRequests(for: .stream(sink), context: context)
        removeCodec(context: context)
        hub.open(request, on: sink) { [self] result in
            switch result {
            case .success(let reader):
                // The client may have left while its tenant was loaded.
                guard context.channel.isActive else { return hub.drop(reader) }
                self.reader = reader
                // A revocation that came meanwhile has not seen this stream.
                if route.authenticator.isRevoked(principal) {
                    hub.close(reader, .revoked, reconnectAfter: nil)
                }
            // The store can't be read: the connection ends, and the client comes back by itself.
            case .failure(.unavailable): sink.abort()
            case .failure(let error):
                sink.finish(
                    route.refusalInStream(
                        error, head, of: request.tenant, on: request.wire, now: hub.wallClock))
            }
        }
    }

    /// Lets go of whoever took the connection for one of requests.
    func leaveRequests(for mode: Mode, context: ChannelHandlerContext) {
        self.mode = mode
        held = []
        attach = nil
        try? context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        if isAttached { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
    }

    func removeCodec(context: ChannelHandlerContext) {
        guard let codec else { return }
        self.codec = nil
        codec.remove(from: context.pipeline.syncOperations)
    }

    // MARK: The connection's own life

    func channelReadComplete(context: ChannelHandlerContext) {
        // Whoever reads on behalf of requests has gone; without a read the end of the connection is not seen.
        if isTaken { context.read() }
        if case .stream = mode {} else { context.fireChannelReadComplete() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { connections.leave() }

    func channelInactive(context: ChannelHandlerContext) {
        if case .stream(let sink) = mode { sink.forget() }
        if let reader { hub.drop(reader) }
        reader = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (mode, event) {
        case (.stream, is ChannelShouldQuiesceEvent):
            if let reader { hub.drain(reader, over: route.settings.drainMilliseconds) }
        case (.stream, let event as ChannelEvent) where event == .inputClosed: context.close(promise: nil)
        case (.socket, let event as ChannelEvent) where event == .inputClosed: context.close(promise: nil)
        case (_, is ChannelShouldQuiesceEvent) where !isAttached: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// ``RequestGuard`` has the answer; those who read the body have to know.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .socket = mode { return context.fireErrorCaught(error) }
        if case .stream = mode { return context.close(promise: nil) }
        if error is HTTPParserError { context.fireErrorCaught(error) } else { context.close(promise: nil) }
    }
}

extension Problem {
    static let unavailable = Problem(.serviceUnavailable, "unavailable", "The store can't be read now; try again.")
        .with(.retryAfter, "1")
}
