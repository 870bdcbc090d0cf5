import NIOCore
import NIOHTTP1

/// Calls that are one write: answered by ``CallFront``. While one is under way nothing more is read.
extension StreamFront {
    func take(_ part: HTTPServerRequestPart, of call: CallFront.Taken, context: ChannelHandlerContext) {
        switch part {
        case .head: break
        case .body(let bytes):
            var call = call
            set(.requests)
            call.body.writeImmutableBuffer(bytes)
            set(.collecting(call))
        case .end: begin(call, context: context)
        }
    }

    /// Takes note of the end of the connection.
    func abandonCall(context: ChannelHandlerContext) {
        guard case .collecting(let call) = mode else { return }
        set(.requests)
        calls.abandon(call, on: context.channel, peer: peer(context), logger: logger)
    }

    private func begin(_ call: CallFront.Taken, context: ChannelHandlerContext) {
        set(.calling)
        let isBegun = calls.begin(call, on: context.channel, peer: peer(context), logger: logger) { [self] answer in
            guard case .calling = mode else { return }
            send(answer, context: context)
        }
        if !isBegun {
            set(.requests)
            pass(call, context: context)
            readOn(context: context)
        }
    }

    private func send(_ answer: CallFront.Answer, context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
        if answer.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        goOn(context: context)
        readOn(context: context)
    }

    /// Passes on a call that is for the router after all, or for a poll that waits.
    private func pass(_ call: CallFront.Taken, context: ChannelHandlerContext) {
        if PollResponder.takes(call.head) {
            set(.deciding(call.head, .poll, isComplete: true))
            return decide(context: context)
        }
        unanswered += 1
        forward(.head(call.head), context: context)
        if call.body.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(.body(call.body))) }
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }

    /// Whether a call is read or under way of which Hummingbird knows nothing.
    private var isInCall: Bool {
        switch mode {
        case .collecting, .calling: true
        case .requests, .deciding, .stream, .socket, .poll: false
        }
    }

    /// Does what waited for the end of a call.
    private func readOn(context: ChannelHandlerContext) {
        if case .calling = mode { return }
        if isQuiescing, !isInCall {
            isQuiescing = false
            userInboundEventTriggered(context: context, event: ChannelShouldQuiesceEvent())
        }
        if wantsRead {
            wantsRead = false
            context.read()
        }
    }
}
