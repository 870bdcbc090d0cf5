import NIOCore

/// Takes the PROXY header from the beginning of a connection, announces the client to later handlers, and leaves.
///
/// Stands first in the pipeline. A connection that begins with anything else is closed without an answer, as the
/// protocol demands: a client that connects from a trusted proxy's address would otherwise pass for the proxy itself.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The event that follows the header. The client is nil where the proxy itself has connected.
    struct Announcement: Sendable { let client: ClientAddress? }

    private var received = ByteBuffer()
    private var isRead = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        switch ProxyHeader(received.readableBytesView) {
        case .incomplete: break
        case .malformed: context.close(promise: nil)
        case .complete(let client, let length):
            received.moveReaderIndex(forwardBy: length)
            let rest = received
            received = ByteBuffer()
            context.fireUserInboundEventTriggered(Announcement(client: client))
            if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
            isRead = true
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    /// While the header is incomplete no part of a request has come; what comes next is read on.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isRead { context.fireChannelReadComplete() } else { context.read() }
    }
}
