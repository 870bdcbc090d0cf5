import Logging
import NIOCore
import NIOPosix
import Rooms
import ServiceLifecycle

/// Accepts connections until the gateway shuts down, and then waits until all of them have ended.
struct Listener: Service {
    let address: ListenerAddress
    let group: any EventLoopGroup
    let server: StreamServer
    /// One for each stream loop; without any, NIO's loops have the streams as well.
    let acceptors: [StreamAcceptor]
    let room: RoomMaker
    let relay: Relay
    /// The time over which streams are ended.
    let drain: Duration
    /// Called once connections are accepted, with the port, if there is one.
    let running: @Sendable (Int?) async -> Void

    /// Connections that one listening socket accepts before others have their turn.
    private static let acceptedAtOnce: UInt = 8

    func run() async throws {
        let listening: Listening
        do { listening = try await listen() } catch { throw ListenFailure(address: address, reason: error) }
        await running(listening.port)
        try? await gracefulShutdown()
        listening.stop()
        guard !Task.isCancelled else { return }
        relay.drain()
        for watch in server.watches + acceptors.map(\.watch) { watch.loop.execute { watch.quiesce() } }
        for hub in relay.hubs { try await hub.drainAll(over: drain).get() }
        let ended = group.any().makePromise(of: Void.self)
        server.connections.whenEmpty { ended.succeed() }
        try await ended.futureResult.get()
    }

    private struct Listening {
        let port: Int?
        let stop: () -> Void
    }

    private func listen() async throws -> Listening {
        switch address {
        case .network:
            let place = try address.resolved()
            return acceptors.isEmpty ? try await listenOnGroup(place) : try listenOnStreamLoops(place)
        case .socket(let path):
            let channel = try await bootstrap(on: group.any(), children: group)
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            return Listening(port: nil) { channel.close(promise: nil) }
        }
    }

    private func listenOnStreamLoops(_ place: SocketAddress) throws -> Listening {
        let sockets = try ListeningSocket.open(at: place, count: acceptors.count)
        for (acceptor, descriptor) in zip(acceptors, sockets.descriptors) { acceptor.start(on: descriptor) }
        return Listening(port: sockets.port) { for acceptor in acceptors { acceptor.stop() } }
    }

    private func listenOnGroup(_ place: SocketAddress) async throws -> Listening {
        let loops = Array(group.makeIterator())
        let sockets = try ListeningSocket.open(at: place, count: loops.count)
        var channels: [any Channel] = []
        for (loop, descriptor) in zip(loops, sockets.descriptors) {
            channels.append(try await bootstrap(on: loop, children: loop).withBoundSocket(descriptor).get())
        }
        return Listening(port: sockets.port) { [channels] in for channel in channels { channel.close(promise: nil) } }
    }

    private func bootstrap(on loop: any EventLoop, children: any EventLoopGroup) -> ServerBootstrap {
        ServerBootstrap(group: loop, childGroup: children)
            .serverChannelOption(.backlog, value: ListeningSocket.backlog)
            .serverChannelOption(.maxMessagesPerRead, value: Self.acceptedAtOnce)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(server.connections, room: room))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try server.start(channel) }
            }
    }
}
