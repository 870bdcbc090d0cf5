import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS
import Rooms

/// Stands behind TLS until the handshake is done and the client has chosen its HTTP (RFC 7301), and then has the handlers
/// of that added.
///
/// A client has as long for its handshake as for a head, and gives way to others as one that has not said anything does.
final class SecureStart: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let server: StreamServer
    private let watch: RequestWatch
    private let began: NIODeadline
    private var context: ChannelHandlerContext?
    private var announcement: ProxyHeaderHandler.Announcement?
    private var hasLeft = false

    init(_ server: StreamServer, watch: RequestWatch) {
        (self.server, self.watch) = (server, watch)
        began = watch.loop.now
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        watch.remove(self)
        if !hasLeft { server.connections.leave(asRequests: true) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as ProxyHeaderHandler.Announcement: announcement = event
        case .handshakeCompleted(let choice) as TLSUserEvent: leave(for: choice, context: context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func leave(for choice: String?, context: ChannelHandlerContext) {
        do {
            if choice == "h2" {
                try server.addShared(to: context.channel, peer: announcement?.client)
            } else {
                try context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                try server.addHandlers(to: context.channel, over: Transport.secure)
                if let announcement { context.fireUserInboundEventTriggered(announcement) }
            }
            hasLeft = true
        } catch {
            context.close(promise: nil)
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// Who speaks HTTP without TLS is told so; everything else that fails here is the client's business.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed(let reason) = error, "\(reason)".contains("HTTP_REQUEST") {
            sayTLS(context: context)
        }
        context.close(promise: nil)
    }

    private func sayTLS(context: ChannelHandlerContext) {
        guard let socket = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) else {
            return
        }
        let body = Problem.needsTLS.body(requestID: ConnectionID.random().description)
        var bytes = ByteBuffer(
            string: """
                HTTP/1.1 400 Bad Request\r
                Content-Type: application/problem+json\r
                Content-Length: \(body.readableBytes)\r
                Connection: close\r
                \r

                """)
        bytes.writeImmutableBuffer(body)
        // From before the handler of TLS, so that they are not encrypted.
        socket.writeAndFlush(NIOAny(bytes), promise: nil)
    }
}

extension SecureStart: WatchedConnection {
    func idleSince(at now: NIODeadline) -> NIODeadline? { now - began >= RequestPace.shortestIdle ? began : nil }
    func look(at now: NIODeadline) { if now - began >= RequestPace.longestHead { makeRoom() } }
    func makeRoom() { context?.close(promise: nil) }
    func quiesce() { makeRoom() }
}

extension Problem {
    static let needsTLS = Problem(.needsTLS, "This port speaks TLS: use https:// or wss://.")
}
