import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// The listener that operators have for `/metrics`, `/healthz` and `/readyz`: with an event loop, connections and
/// descriptors of its own, so that it answers while the main listener is full and while the process has no descriptor
/// left.
public struct OperatorsListener: Sendable {
    /// Descriptors that the main listener has to leave to it: connections, as many in reserve, the listening socket, those
    /// of the event loop, and those by which the process looks at itself.
    public static let descriptors = 2 * OperatorsGate.mostConnections + 8
    /// How long a connection may be idle.
    static let longestIdle = Duration.seconds(60)

    let address: ListenerAddress
    let responder: HTTPChannelHandler.Responder
    let logger: Logger

    /// Answers for as long as `work` takes.
    ///
    /// - Throws: ``ListenFailure``, and then `work` is not begun; else what `work` throws.
    func serve(while work: () async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let result: Result<Void, any Error>
        do { result = .success(try await serve(on: group.next(), while: work)) } catch { result = .failure(error) }
        try? await group.shutdownGracefully()
        try result.get()
    }

    private func serve(on loop: any EventLoop, while work: () async throws -> Void) async throws {
        let gate = OperatorsGate()
        let connection = http
        let (arrivals, arrived) = AsyncStream.makeStream(of: HTTP1Channel.Value.self)
        let socket: any Channel
        do {
            let descriptor = try ListeningSocket.open(at: try address.resolved(), count: 1).descriptors[0]
            socket = try await bootstrap(on: loop, gate: gate, connection: connection, arrived: arrived)
                .withBoundSocket(descriptor).get()
        } catch {
            arrived.finish()
            throw ListenFailure(address: address, reason: error)
        }
        logger.notice(
            "listening for operators",
            metadata: ["host": "\(address.host)", "port": "\(socket.localAddress?.port ?? 0)"])
        async let connections: Void = withDiscardingTaskGroup { [logger] tasks in
            for await channel in arrivals { tasks.addTask { await connection.handle(value: channel, logger: logger) } }
        }
        let result: Result<Void, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        // In this order no connection comes that nobody handles.
        try? await socket.close()
        try? await loop.submit { gate.closeAll() }.get()
        arrived.finish()
        await connections
        try result.get()
    }

    private var http: HTTP1Channel {
        HTTP1Channel(
            responder: responder,
            configuration: .init(
                idleTimeout: TimeAmount(Self.longestIdle),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 100)))
    }

    private func bootstrap(
        on loop: any EventLoop, gate: OperatorsGate, connection: HTTP1Channel,
        arrived: AsyncStream<HTTP1Channel.Value>.Continuation
    ) -> ServerBootstrap {
        ServerBootstrap(group: loop)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(gate) }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { [logger] channel in
                connection.setup(channel: channel, logger: logger).map { _ = arrived.yield($0) }
            }
    }
}

extension ListenerAddress {
    fileprivate var host: String {
        switch self {
        case .network(let host, _): host
        case .socket(let path): "unix:\(path)"
        }
    }
}
