import NIOCore
import NIOHTTP1
import Rooms

/// Stands between the HTTP decoder and ``StreamFront`` while a connection speaks HTTP requests, and passes on what
/// ``RequestRules`` and ``RequestPace`` allow.
///
/// A refusal is sent once, after the answers to the requests before it, and ends the connection: the output is closed
/// at once, the input when the client has closed its side or 2 s have passed, so that a reset does not overtake the
/// refusal (RFC 9112 §9.6).
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler, WatchedConnection {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart
    typealias Decoder = ByteToMessageHandler<HTTPRequestDecoder>

    private enum Ending {
        case due(Problem)
        case said
    }

    private let rules: RequestRules
    private let watch: RequestWatch
    private let makeDecoder: () -> Decoder
    /// The decoder before this handler; it is replaced after an offer to upgrade.
    private(set) var decoder: Decoder

    private var context: ChannelHandlerContext?
    private var pace: RequestPace
    private var ending: Ending?
    private var unanswered = 0
    private var isAnswering = false
    private var isBodyOpen = false
    private var bodyBytes = 0
    private var bodyLimit = RequestRules.BodyLimit()
    private var isUpgradeOffered = false
    private var isInputClosed = false
    /// Whether no request may follow the one that was passed on last (RFC 9112 §9.6).
    private var isLast = false
    /// Whether the client holds its body back until `100 Continue` (RFC 9110 §10.1.1).
    private var isBodyHeld = false
    private var version = HTTPVersion.http1_1
    private var hasSeenPart = false

    init(rules: RequestRules, watch: RequestWatch, makeDecoder: @escaping () -> Decoder) {
        self.rules = rules
        self.watch = watch
        self.makeDecoder = makeDecoder
        decoder = makeDecoder()
        pace = RequestPace(at: watch.loop.now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        watch.remove(self)
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasSeenPart = true
        guard ending == nil, !isLast || isBodyOpen else { return }
        let now = context.eventLoop.now
        switch unwrapInboundIn(data) {
        case .head(let sent):
            let head: HTTPRequestHead
            do { head = try rules.accepted(sent) } catch { return refuse(error, context: context) }
            unanswered += 1
            isLast = !head.isKeepAlive
            version = head.version
            isBodyHeld = head.holdsBodyBack
            isBodyOpen = true
            bodyBytes = 0
            bodyLimit = rules.bodyLimit(of: head)
            isUpgradeOffered = head.offersUpgrade
            pace.takeHead(at: now)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let bytes):
            isBodyHeld = false
            bodyBytes += bytes.readableBytes
            guard bodyBytes <= bodyLimit.bytes else { return refuse(bodyLimit.problem, context: context) }
            pace.takeBody(bytes.readableBytes, at: now)
            context.fireChannelRead(data)
        case .end:
            isBodyOpen = false
            isBodyHeld = false
            pace.takeEnd(isAnswered: unanswered == 0, at: now)
            context.fireChannelRead(data)
            readOnAfterUpgrade()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !hasSeenPart, !isUpgradeOffered, ending == nil { pace.takePartOfHead(at: context.eventLoop.now) }
        hasSeenPart = false
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pace.takesBytes(context.channel.isWritable, at: context.eventLoop.now)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event as? ChannelEvent == .inputClosed else { return context.fireUserInboundEventTriggered(event) }
        isInputClosed = true
        context.fireUserInboundEventTriggered(event)
        if unanswered == 0 || isSaid { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        // What follows the last request is not looked at.
        guard ending == nil, !isLast || isBodyOpen else { return }
        refuse(error == .headerOverflow ? .headTooLarge : .badRequest, context: context)
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isSaid {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            guard head.status.code >= 200 else { return context.write(data, promise: promise) }
            isAnswering = true
            if unanswered == 1 { settle(&head) }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            isAnswering = false
            unanswered -= 1
            if unanswered == 0, isLast, ending == nil { return endAfter(data, promise: promise, context: context) }
            context.write(data, promise: promise)
            if unanswered == 0 {
                pace.answered(at: context.eventLoop.now)
                watch.aConnectionIsIdle()
            }
            sayRefusal(context: context)
            readOnAfterUpgrade()
        }
    }

    /// Completes the head of the answer to the request that came last.
    private func settle(_ head: inout HTTPResponseHead) {
        // A body that comes after this answer could not be distinguished from the next request.
        if isBodyHeld { isLast = true }
        if version == .http1_0, head.status.mayHaveResponseBody, !head.headers.contains(name: "content-length") {
            // HTTP/1.0 has no chunks: the end of the connection is that of the answer.
            head.version = .http1_0
            isLast = true
        }
        if isLast {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if version == .http1_0 {
            // Otherwise its client, which asked for that, waits for the end of the connection (RFC 9112 appendix C.2.2).
            head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
    }

    /// Sends the end of the last answer, and ends the connection as after a refusal.
    private func endAfter(_ data: NIOAny, promise: EventLoopPromise<Void>?, context: ChannelHandlerContext) {
        ending = .said
        if isBodyOpen { context.fireErrorCaught(HTTPParserError.invalidEOFState) }
        pace.sayFarewell(at: context.eventLoop.now)
        context.writeAndFlush(data, promise: promise)
        context.close(mode: isInputClosed ? .all : .output, promise: nil)
    }

    /// Sends `100 Continue` to a client that holds its body back, when whoever handles its request wants the body.
    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard isBodyHeld, unanswered == 1, !isAnswering, ending == nil else { return }
        isBodyHeld = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// While a refusal is being sent, other handlers can't close the connection.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if isSaid { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
    }

    // MARK: Refusals

    private var isSaid: Bool { if case .said = ending { true } else { false } }

    /// Since when the connection has no request to be answered; nil while it has.
    func idleSince(at now: NIODeadline) -> NIODeadline? {
        switch ending {
        case .due: nil
        case .said: pace.idleSince(at: now)
        case nil: unanswered == 0 ? pace.idleSince(at: now) : nil
        }
    }

    /// Since when it has waited for the rest of a body; nil while it waits for nothing, or for us.
    func pausedSince(at now: NIODeadline) -> NIODeadline? {
        let waits = ending == nil && isBodyOpen && !isBodyHeld && unanswered == 1 && !isAnswering
        return waits ? pace.pausedSince(at: now) : nil
    }

    /// Closes an idle connection, so that another can be accepted.
    func makeRoom() { context?.close(promise: nil) }

    func quiesce() { context?.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }

    func look(at now: NIODeadline) {
        guard let context else { return }
        if case .due = ending { return }
        switch pace.verdict(at: now) {
        case .inTime: break
        case .slow: refuse(.tooSlow, context: context)
        case .silent, .unread: context.close(promise: nil)
        }
    }

    private func refuse(_ problem: Problem, context: ChannelHandlerContext) {
        ending = .due(problem)
        // Otherwise a reader of the body would take the part that it got for the whole.
        if isBodyOpen { context.fireErrorCaught(HTTPParserError.invalidEOFState) }
        sayRefusal(context: context)
    }

    private func sayRefusal(context: ChannelHandlerContext) {
        guard case .due(let problem) = ending, unanswered <= (isBodyOpen ? 1 : 0) else { return }
        ending = .said
        // The answer to the request that can't be finished has begun already.
        if isBodyOpen, isAnswering || unanswered == 0 { return context.close(promise: nil) }
        pace.sayFarewell(at: context.eventLoop.now)
        RawResponse.write(
            problem, requestID: ConnectionID.random().description, closing: true, mode: isInputClosed ? .all : .output,
            to: context)
    }

    /// After the answer to an upgrade offer that was not accepted, HTTP continues, with a new decoder that reads on.
    private func readOnAfterUpgrade() {
        guard isUpgradeOffered, !isBodyOpen, unanswered == 0, ending == nil, let context, context.channel.isActive
        else { return }
        isUpgradeOffered = false
        let old = decoder
        decoder = makeDecoder()
        let pipeline = context.pipeline.syncOperations
        do { try pipeline.addHandler(decoder, position: .after(old)) } catch { return context.close(promise: nil) }
        // The old decoder leaves on a later tick and passes on its unread bytes.
        pipeline.removeHandler(old).assumeIsolated().whenSuccess { context.fireChannelReadComplete() }
    }
}
