import Glibc
import NIOCore
import NIOPosix
import Rooms
import StreamLoops
import Synchronization

/// Accepts connections on a ``StreamLoop``. Those that are streams stay there; the others become NIO's.
///
/// `@unchecked Sendable`: used on its loop alone, but for ``start(on:)`` and ``stop()``.
final class StreamAcceptor: LoopSocket, @unchecked Sendable {
    let loop: StreamLoop
    let hub: LoopHub
    let watch: RequestWatch
    let direct: DirectStreams
    let server: StreamServer
    private let room: RoomMaker
    private let group: any EventLoopGroup
    private var listener: CInt?
    private var place: LoopPlace?
    private var isWaiting = false

    /// Connections that are accepted before others have their turn.
    private static let acceptedAtOnce = 64

    /// - Parameter group: the loops of connections that are not streams.
    init(
        _ loop: StreamLoop, hub: LoopHub, watch: RequestWatch, direct: DirectStreams, server: StreamServer,
        room: RoomMaker, group: any EventLoopGroup
    ) {
        (self.loop, self.hub, self.watch, self.direct) = (loop, hub, watch, direct)
        (self.server, self.room, self.group) = (server, room, group)
    }

    /// Accepts on `listener` from now on, and closes it in the end. Thread-safe.
    func start(on listener: CInt) {
        loop.execute { [self] in
            self.listener = listener
            place = loop.add(self, listener, for: .readable)
        }
    }

    /// Thread-safe.
    func stop() {
        loop.execute { [self] in
            if let place { loop.remove(place) }
            if let listener { close(listener) }
            (listener, place) = (nil, nil)
        }
    }

    func ready(_ events: LoopEvents) {
        for _ in 0..<Self.acceptedAtOnce {
            guard let listener, !isWaiting else { return }
            guard
                server.connections.hasRoom(
                    for: ObjectIdentifier(self),
                    orElse: { [self] in loop.execute { self.listen(true) } })
            else {
                listen(false)
                return room.make()
            }
            let descriptor = StreamLoop.accept(listener)
            if descriptor >= 0 {
                server.connections.enter()
                StreamSocket(descriptor, of: self).begin()
                continue
            }
            switch errno {
            case EAGAIN: return
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                // The system has none left; the socket would be reported again and again.
                listen(false)
                _ = loop.scheduleTask(in: .seconds(1)) { self.listen(true) }
                return
            // The client has left already.
            default: continue
            }
        }
    }

    private func listen(_ listens: Bool) {
        isWaiting = !listens
        guard let listener, let place else { return }
        loop.change(place, listener, to: listens ? .readable : [])
    }

    /// Makes the connection NIO's, with the bytes that were read of it.
    func handOver(_ descriptor: CInt, _ bytes: ByteBuffer) {
        let (server, counted) = (server, CountedByFront())
        ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EarlyBytes(bytes), position: .first)
                    try server.adopt(channel)
                    counted.begin()
                }
            }
            .withConnectedSocket(descriptor)
            .whenFailure { _ in if !counted.hasBegun { server.connections.leave(asRequests: true) } }
    }
}

/// Whether a connection has its ``StreamFront``, which counts it out. Safe to use from any thread.
private final class CountedByFront: Sendable {
    private let state = Atomic(false)

    var hasBegun: Bool { state.load(ordering: .acquiring) }
    func begin() { state.store(true, ordering: .releasing) }
}

/// Passes on what was read before a connection was NIO's, before anything else is read.
private final class EarlyBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let bytes: ByteBuffer

    init(_ bytes: ByteBuffer) { self.bytes = bytes }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        if bytes.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(bytes))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
