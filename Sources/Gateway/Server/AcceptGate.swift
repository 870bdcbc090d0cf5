import NIOCore

/// Stops accepting while the number of open connections is at the descriptor budget. Stands on the listening socket.
///
/// Then the connections that have been idle longest are closed, so that no health check and no request waits for them.
/// While none is idle, further clients wait in the kernel's backlog and are accepted as others leave. When the system
/// itself has no descriptor left, the gate stops reading for a second: NIO's own delay after a failed `accept` leaves
/// the socket in the poll, which would report it again and again.
final class AcceptGate: ChannelDuplexHandler, Sendable {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let connections: OpenConnections
    private let room: RoomMaker

    init(_ connections: OpenConnections, room: RoomMaker) {
        self.connections = connections
        self.room = room
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connections.enter()
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        let loop = context.eventLoop
        let bound = NIOLoopBound(context, eventLoop: loop)
        guard
            connections.hasRoom(
                for: ObjectIdentifier(self), orElse: { loop.execute { self.read(context: bound.value) } })
        else {
            return room.make()
        }
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is IOError {
            try? context.channel.syncOptions?.setOption(.autoRead, value: false)
            context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
                try? context.channel.syncOptions?.setOption(.autoRead, value: true)
                self.read(context: context)
            }
        }
        context.fireErrorCaught(error)
    }
}
