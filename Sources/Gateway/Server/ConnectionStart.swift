import Events
import NIOCore
import Rooms

/// The first handler of a connection, and the only one of most streams: it reads the first bytes, opens a plain stream
/// itself, and leaves everything else to the handlers of HTTP requests, with the bytes.
final class ConnectionStart: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum Stage {
        /// No byte has come.
        case untouched
        /// A stream was asked for, in these bytes.
        case deciding(ByteBuffer)
        case stream(DescriptorSink)
        case left
    }

    private let direct: DirectStreams
    private let watch: RequestWatch
    private let server: StreamServer
    private let hub: LoopHub
    private var context: ChannelHandlerContext?
    private var pace: RequestPace
    private var stage = Stage.untouched
    private var reader: Reader?

    /// Bytes of a client that sends more before its first request is decided.
    static let mostHeld = 65_536

    init(_ direct: DirectStreams, of server: StreamServer, on hub: LoopHub, watch: RequestWatch) {
        (self.direct, self.server, self.hub, self.watch) = (direct, server, hub, watch)
        pace = RequestPace(at: watch.loop.now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        switch stage {
        case .untouched, .deciding:
            watch.remove(self)
            server.connections.leave(asRequests: true)
        case .stream: server.connections.leave(asRequests: false)
        case .left: break
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch stage {
        case .untouched: begin(unwrapInboundIn(data), context: context)
        case .deciding(var held):
            held.writeImmutableBuffer(unwrapInboundIn(data))
            stage = .deciding(held)
            if held.readableBytes > Self.mostHeld { context.close(promise: nil) }
        // What a client says on a stream is ignored.
        case .stream: break
        case .left: context.fireChannelRead(data)
        }
    }

    private func begin(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        let asked = bytes.withUnsafeReadableBytes { bytes in
            direct.asked(bytes) { context.remoteAddress.flatMap { ClientAddress($0) } }
        }
        guard let asked else { return leave(with: bytes, context: context) }
        stage = .deciding(bytes)
        direct.open(asked, to: hub, on: self)
    }

    private var sink: DescriptorSink? { if case .stream(let sink) = stage { sink } else { nil } }

    // MARK: Everything else

    /// Leaves the connection to the handlers of HTTP requests.
    private func leave(with bytes: ByteBuffer, context: ChannelHandlerContext) {
        stage = .left
        watch.remove(self)
        do {
            try context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
            try server.addHandlers(to: context.channel, over: Transport.plain)
        } catch {
            server.connections.leave(asRequests: true)
            return context.close(promise: nil)
        }
        context.fireChannelRead(wrapInboundOut(bytes))
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    // MARK: The connection's own life

    func channelInactive(context: ChannelHandlerContext) {
        sink?.forget()
        if let reader { reader.drop() }
        reader = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .left = stage { context.fireErrorCaught(error) } else { context.close(promise: nil) }
    }
}

extension ConnectionStart: DirectConnection {
    func takeOver() throws(Problem) -> (any Sink)? {
        guard let context, context.channel.isActive, case .deciding = stage else { return nil }
        guard let sink = DescriptorSink(context: context, sendBuffer: hub.limits.sendBuffer) else {
            throw .unavailable
        }
        stage = .stream(sink)
        watch.remove(self)
        server.connections.leaveRequests()
        return sink
    }

    func keep(_ reader: Reader) {
        // The client may have left meanwhile.
        if sink != nil, context?.channel.isActive == true { self.reader = reader } else { reader.drop() }
    }

    func leave() {
        guard let context, context.channel.isActive, case .deciding(let bytes) = stage else { return }
        leave(with: bytes, context: context)
        // This is a later tick than that in which the bytes came.
        context.pipeline.fireChannelReadComplete()
    }
}

extension ConnectionStart: WatchedConnection {
    func idleSince(at now: NIODeadline) -> NIODeadline? {
        if case .untouched = stage { pace.idleSince(at: now) } else { nil }
    }

    func makeRoom() { context?.close(promise: nil) }

    func look(at now: NIODeadline) {
        if case .untouched = stage, pace.verdict(at: now) != .inTime { context?.close(promise: nil) }
    }

    func quiesce() { context?.close(promise: nil) }
}
