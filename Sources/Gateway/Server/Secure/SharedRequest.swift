import NIOCore
import NIOHTTP1
import NIOHTTP2
import Rooms

/// One request on a ``SharedConnection``: what ``RequestGuard`` is to a connection of HTTP/1.1.
///
/// The framing is HTTP/2's own; what is left are the rules of heads, the length of bodies, and their pace. A refusal ends
/// this request alone.
final class SharedRequest: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let rules: RequestRules
    private let watch: RequestWatch
    private let connection: SharedConnection
    private var isAdmitted = false
    private var isStream = false
    private var context: ChannelHandlerContext?
    private var pace: RequestPace
    private var bodyBytes = 0
    private var bodyLimit = RequestRules.BodyLimit()
    private var isBodyHeld = false
    private var isAnswering = false
    private var isRefused = false
    private var isWatched = false

    init(rules: RequestRules, watch: RequestWatch, connection: SharedConnection) {
        (self.rules, self.watch, self.connection) = (rules, watch, connection)
        pace = RequestPace(at: watch.loop.now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isAdmitted = connection.began()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        watchOver(false)
        connection.ended(asRequest: !isStream)
    }

    var announcedPeer: ClientAddress? { connection.announcedPeer }

    /// Notes that it has become a stream.
    func becameStream() {
        isStream = true
        connection.becameStream()
    }

    /// Only while its client is to send something.
    private func watchOver(_ watches: Bool) {
        guard watches != isWatched else { return }
        isWatched = watches
        if watches { watch.add(self) } else { watch.remove(self) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        let now = context.eventLoop.now
        switch unwrapInboundIn(data) {
        case .head(let sent):
            guard isAdmitted else { return turnAway(context) }
            let head: HTTPRequestHead
            do { head = try rules.accepted(sent) } catch { return refuse(error, context: context) }
            bodyLimit = rules.bodyLimit(of: head)
            isBodyHeld = head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
            pace.takeHead(at: now)
            watchOver(true)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let bytes):
            isBodyHeld = false
            bodyBytes += bytes.readableBytes
            guard bodyBytes <= bodyLimit.bytes else { return refuse(bodyLimit.problem, context: context) }
            pace.takeBody(bytes.readableBytes, at: now)
            context.fireChannelRead(data)
        case .end:
            isBodyHeld = false
            watchOver(false)
            context.fireChannelRead(data)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isRefused else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        if case .head(let head) = unwrapOutboundIn(data), head.status.code >= 200 { isAnswering = true }
        context.write(data, promise: promise)
    }

    /// `100 Continue`, as ``RequestGuard`` sends it.
    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard isBodyHeld, !isAnswering, !isRefused else { return }
        isBodyHeld = false
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http2, status: .continue))), promise: nil)
    }

    /// The end of an answer has closed our side already; the request's other side is its client's.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .all, !isRefused { context.close(mode: .all, promise: promise) } else { promise?.succeed() }
    }

    /// Nothing of it was looked at, so that its client may send it again (RFC 9113 §8.7); an event source does, and would
    /// not after an answer.
    private func turnAway(_ context: ChannelHandlerContext) {
        isRefused = true
        let codec = try? context.pipeline.syncOperations.context(handlerType: HTTP2FramePayloadToHTTP1ServerCodec.self)
        codec?.writeAndFlush(NIOAny(HTTP2Frame.FramePayload.rstStream(.refusedStream)), promise: nil)
    }

    private func refuse(_ problem: Problem, context: ChannelHandlerContext) {
        watchOver(true)
        // Otherwise a reader of the body would take the part that it got for the whole.
        context.fireErrorCaught(HTTPParserError.invalidEOFState)
        if isAnswering {
            isRefused = true
            return context.close(promise: nil)
        }
        RawResponse.write(problem, requestID: ConnectionID.random().description, closing: false, to: context)
        isRefused = true
        pace.sayFarewell(at: context.eventLoop.now)
    }
}

extension SharedRequest: WatchedConnection {
    func idleSince(at now: NIODeadline) -> NIODeadline? { nil }

    func pausedSince(at now: NIODeadline) -> NIODeadline? {
        isAnswering || isBodyHeld || isRefused ? nil : pace.pausedSince(at: now)
    }

    func look(at now: NIODeadline) {
        guard let context else { return }
        switch pace.verdict(at: now) {
        case .inTime: break
        case .slow: refuse(.tooSlow, context: context)
        case .silent, .unread: context.close(promise: nil)
        }
    }

    func makeRoom() { context?.close(promise: nil) }
    /// The whole connection is quiesced, and lets this request end.
    func quiesce() {}
}
