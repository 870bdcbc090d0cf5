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
    let relay: Relay
    /// The time over which streams are ended.
    let drain: Duration
    /// Called once connections are accepted, with the first listening channel.
    let running: @Sendable (any Channel) async -> Void

    /// Connections that one listening socket accepts before others have their turn.
    private static let acceptedAtOnce: UInt = 32

    func run() async throws {
        let channels = try await listen()
        await running(channels[0])
        try? await gracefulShutdown()
        for channel in channels { channel.close(promise: nil) }
        guard !Task.isCancelled else { return }
        relay.drain()
        for watch in server.watches { watch.loop.execute { watch.quiesce() } }
        for hub in relay.hubs { try await hub.drainAll(over: drain).get() }
        let ended = group.any().makePromise(of: Void.self)
        server.connections.whenEmpty { ended.succeed() }
        try await ended.futureResult.get()
    }

    private func listen() async throws -> [any Channel] {
        switch address {
        case .network(let host, let port):
            let loops = Array(group.makeIterator())
            let place = try SocketAddress.makeAddressResolvingHost(host, port: port)
            let sockets = try ListeningSocket.open(at: place, count: loops.count)
            var channels: [any Channel] = []
            for (loop, socket) in zip(loops, sockets) {
                channels.append(try await bootstrap(on: loop, children: loop).withBoundSocket(socket).get())
            }
            return channels
        case .socket(let path):
            return [
                try await bootstrap(on: group.any(), children: group)
                    .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            ]
        }
    }

    private func bootstrap(on loop: any EventLoop, children: any EventLoopGroup) -> ServerBootstrap {
        ServerBootstrap(group: loop, childGroup: children)
            .serverChannelOption(.backlog, value: ListeningSocket.backlog)
            .serverChannelOption(.maxMessagesPerRead, value: Self.acceptedAtOnce)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(server.connections, watches: server.watches))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try server.start(channel) }
            }
    }
}
