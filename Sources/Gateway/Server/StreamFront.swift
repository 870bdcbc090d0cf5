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
/// Other requests are passed on to Hummingbird; a stream request that arrives later on the same connection takes it
/// over then.
final class StreamFront: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    enum Mode {
        case requests
        /// The body of a call that ``CallFront`` may answer is read.
        case collecting(CallFront.Taken)
        /// Such a call is under way; the parts after it wait.
        case calling
        /// A request for a stream is being decided; the parts after it wait.
        case deciding(HTTPRequestHead, Target, isComplete: Bool)
        case stream(any ConnectionSink)
        /// A poll that waits; it is answered once, and then closed.
        case poll(PollSink)
        /// A WebSocket: incoming bytes go to the handlers after this one; outgoing bytes bypass it.
        case socket
    }

    /// The target of a request that does not go to the router.
    enum Target {
        case stream(StreamEndpoints.Match)
        case socket
        /// A poll that may have to wait.
        case poll
        /// Any of these, or a call of the router, once its query has come.
        case query(QueryBody)
    }

    let streams: Streams
    let polls: PollResponder
    let calls: CallFront
    let hub: LoopHub
    private var codec: StreamServer.Codec?
    let transport: Transport
    let logger: Logger
    /// Adds Hummingbird's own handlers after this one; nil once they are added, or never will be.
    private var attach: ((ClientAddress?) throws -> Void)?
    /// The other end of the connection as a proxy has announced it.
    private(set) var announcedPeer: ClientAddress?

    private(set) var mode = Mode.requests
    private var isAttached = false
    var unanswered = 0
    private var closesAfterResponse = false
    private var held: [HTTPServerRequestPart] = []
    /// Whether the connection wants to be read from, and is to end in order, once the call under way is answered.
    var wantsRead = false
    var isQuiescing = false
    private(set) var reader: Reader?
    static let mostHeld = 64

    init(
        streams: Streams, polls: PollResponder, calls: CallFront, hub: LoopHub, codec: StreamServer.Codec?,
        over transport: Transport, logger: Logger, attach: @escaping (ClientAddress?) throws -> Void
    ) {
        self.codec = codec
        self.streams = streams
        self.polls = polls
        self.calls = calls
        self.hub = hub
        self.transport = transport
        self.logger = logger
        self.attach = attach
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Once a stream has begun there is no codec; further bytes from the client are ignored.
        switch mode {
        case .stream, .poll: return
        case .socket: return context.fireChannelRead(data)
        case .requests, .deciding, .collecting, .calling: break
        }
        take(unwrapInboundIn(data), context: context)
    }

    private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch (mode, part) {
        case (.stream, _), (.socket, _), (.poll, _): return
        case (.deciding(let head, let target, isComplete: false), .end):
            mode = .deciding(head, target, isComplete: true)
            decide(context: context)
        case (.deciding(_, .query(let body), isComplete: false), .body(let bytes)): body.take(bytes)
        case (.deciding(_, _, isComplete: false), _): return
        case (.collecting(let call), _): take(part, of: call, context: context)
        // No more than one read holds.
        case (.calling, _): held.append(part)
        case (.deciding, _):
            held.append(part)
            if held.count > Self.mostHeld { context.close(promise: nil) }
        case (.requests, .head(let head)):
            // Before the polls, of which most find what they want at once.
            if unanswered == 0, let call = calls.take(head) {
                mode = .collecting(call)
            } else if let target = target(of: head) {
                mode = .deciding(head, target, isComplete: false)
                context.triggerUserOutboundEvent(BodyWanted(), promise: nil)
            } else {
                unanswered += 1
                forward(part, context: context)
            }
        case (.requests, _): forward(part, context: context)
        }
    }

    func target(of head: HTTPRequestHead) -> Target? {
        if streams.queries.takes(head) { return .query(QueryBody()) }
        if let match = streams.endpoints.match(head) { return .stream(match) }
        if streams.sockets.takes(head) { return .socket }
        return PollResponder.takes(head) ? .poll : nil
    }

    func forward(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        if let attach {
            self.attach = nil
            isAttached = true
            do { try attach(announcedPeer) } catch { return context.close(promise: nil) }
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
            closesAfterResponse = head.headers.first(name: "connection")?.lowercased() == "close"
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            unanswered -= 1
            if closesAfterResponse {
                context.writeAndFlush(data, promise: promise)
                context.close(promise: nil)
            } else {
                context.write(data, promise: promise)
                // Deferred until the writer has finished this call.
                if case .deciding = mode {
                    context.eventLoop.assumeIsolated().execute { self.decide(context: context) }
                }
            }
        }
    }

    /// Ignores Hummingbird's close of a connection that has become a stream.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if isTaken { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
    }

    /// Whether the connection no longer speaks HTTP requests.
    private var isTaken: Bool {
        switch mode {
        case .stream, .socket, .poll: true
        case .requests, .deciding, .collecting, .calling: false
        }
    }

    func set(_ mode: Mode) { self.mode = mode }

    // MARK: Streams

    /// - Parameter waits: whether a token whose key is not here waits while that is fetched; not a second time.
    func decide(context: ChannelHandlerContext, waits: Bool = true) {
        guard case .deciding(let head, let target, isComplete: true) = mode, unanswered == 0, context.channel.isActive
        else { return }
        if case .poll = target { return openPoll(head, context: context) }
        do {
            let loop = waits ? context.eventLoop : nil
            switch target {
            case .stream(let match): try openStream(head, match, context: context, waitingOn: loop)
            case .socket: try openSocket(head, context: context, waitingOn: loop)
            case .query(let body): try goOn(with: head, body, context: context)
            case .poll: break
            }
        } catch {
            guard let arrival = error.keyArrival else { return refuse(error, head, of: nil, context: context) }
            arrival.assumeIsolated().whenComplete { _ in self.decide(context: context, waits: false) }
        }
    }

    /// The other end of the connection; nil where it has no address.
    func peer(_ context: ChannelHandlerContext) -> ClientAddress? {
        // The context's own is a trap on one of several streams.
        announcedPeer ?? transport.announcedPeer ?? context.channel.remoteAddress.flatMap { ClientAddress($0) }
    }

    func refuse(
        _ problem: Problem, _ head: HTTPRequestHead, of tenant: TenantID?, context: ChannelHandlerContext
    ) {
        guard case .deciding = mode else { return }
        streams.admission.failures.counters.countLimited(problem.limit)
        var problem = problem
        let fields = CredentialFields(head)
        ResourceMetadata.name(in: &problem.headers, at: streams.place(of: fields, peer: peer(context)))
        let id = ConnectionID.random().description
        var metadata: Logger.Metadata = ["code": "\(problem.code)", "request": "\(id)"]
        var level = Logger.Level.debug
        let verdict = streams.refusals.note(problem.status.code, from: peer(context), fields)
        if case .first(let source) = verdict { (level, metadata["address"]) = (.info, "\(source)") }
        logger.log(level: level, "stream refused", metadata: metadata)
        problem.log(to: logger, ["request": "\(id)"])
        RawResponse.write(
            // After an offer to upgrade the decoder reads no further.
            problem, requestID: id, closing: transport.ends(with: head) || head.headers.contains(name: "upgrade"),
            extra: streams.responses.cors(head.headers.first(name: "origin"), of: tenant), to: context)
        goOn(context: context)
    }

    /// Goes on with HTTP requests after an answer, first with those that waited.
    func goOn(context: ChannelHandlerContext) {
        mode = .requests
        let waiting = held
        held = []
        for part in waiting { take(part, context: context) }
    }

    /// While a call is under way nothing more is read: what a client may send ahead is bounded.
    func read(context: ChannelHandlerContext) {
        if case .calling = mode { wantsRead = true } else { context.read() }
    }

    /// Notes the reader that ends with the connection.
    func keep(_ reader: Reader) { self.reader = reader }

    /// Ends HTTP on the connection, and notifies Hummingbird's handlers if they were added.
    func leaveRequests(for mode: Mode, context: ChannelHandlerContext) {
        self.mode = mode
        transport.leaveRequests(context.channel)
        held = []
        attach = nil
        if isAttached { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
    }

    func removeCodec(context: ChannelHandlerContext) {
        guard let codec else { return }
        self.codec = nil
        codec.remove(from: context.pipeline.syncOperations)
    }

    // MARK: The connection's own life

    func channelReadComplete(context: ChannelHandlerContext) {
        // Hummingbird no longer reads from this channel; without a read the end of the connection is not seen.
        if isTaken { context.read() }
        switch mode {
        case .stream, .poll: break
        case .requests, .deciding, .collecting, .calling, .socket: context.fireChannelReadComplete()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { transport.leave(asRequests: !isTaken) }

    func channelInactive(context: ChannelHandlerContext) {
        if case .stream(let sink) = mode { sink.forget() }
        if case .poll(let sink) = mode { sink.forget() }
        abandonCall(context: context)
        reader?.drop()
        reader = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (mode, event) {
        case (.stream, is ChannelShouldQuiesceEvent), (.poll, is ChannelShouldQuiesceEvent):
            if let reader { reader.drain(over: streams.settings.drain) }
        case (.stream, let event as ChannelEvent) where event == .inputClosed: context.close(promise: nil)
        case (.poll, let event as ChannelEvent) where event == .inputClosed: context.close(promise: nil)
        case (.socket, let event as ChannelEvent) where event == .inputClosed: context.close(promise: nil)
        case (.collecting, is ChannelShouldQuiesceEvent), (.calling, is ChannelShouldQuiesceEvent): isQuiescing = true
        case (_, is ChannelShouldQuiesceEvent) where !isAttached: context.close(promise: nil)
        case (_, let event as ProxyHeaderHandler.Announcement): announcedPeer = event.client
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// Passes the error on to readers of the body; ``RequestGuard`` has sent the answer.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .socket = mode { return context.fireErrorCaught(error) }
        abandonCall(context: context)
        if isTaken { return context.close(promise: nil) }
        if error is HTTPParserError { context.fireErrorCaught(error) } else { context.close(promise: nil) }
    }
}
