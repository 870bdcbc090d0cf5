import NIOCore

/// Holds the connections of the operators' listener. Stands on the listening socket.
///
/// A connection beyond the bound takes the place of the oldest, so that nobody who only holds on to connections keeps a
/// scrape out. When the process has no descriptor left, one of a reserve is given up for the next connection, and taken
/// back when one ends.
///
/// `@unchecked Sendable`: used on the listener's event loop alone.
final class OperatorsGate: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    static let mostConnections = 8

    private let reserve = DescriptorReserve(mostConnections)
    private var open: [any Channel] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let connection = unwrapInboundIn(data)
        if open.count >= Self.mostConnections { open.removeFirst().close(promise: nil) }
        open.append(connection)
        connection.closeFuture.assumeIsolated().whenComplete { _ in
            self.open.removeAll { $0 === connection }
            self.reserve.fill()
        }
        context.fireChannelRead(data)
    }

    /// Closes all of them.
    func closeAll() {
        for connection in open { connection.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // With one given up, the socket, which is still readable, is accepted from again.
        guard error is IOError, !reserve.release() else { return }
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
            self.reserve.fill()
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
            context.read()
        }
    }
}
