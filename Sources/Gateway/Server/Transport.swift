import NIOCore
import NIOHTTP1

/// What a request, or the stream that it became, goes over.
enum Transport {
    /// A socket of its own.
    case plain(OpenConnections)
    /// A socket of its own, behind TLS.
    case secure(OpenConnections)
    /// One of several streams of HTTP/2.
    case shared(SharedConnection)

    private var connections: OpenConnections? {
        switch self {
        case .plain(let connections), .secure(let connections): connections
        case .shared: nil
        }
    }

    /// The client as a proxy has announced it before the first request.
    var announcedPeer: ClientAddress? {
        if case .shared(let connection) = self { connection.announcedPeer } else { nil }
    }

    /// Whether the connection ends with the answer to `head` (RFC 9112 §9.6); HTTP/2 has no such thing.
    func ends(with head: HTTPRequestHead) -> Bool { if case .shared = self { false } else { !head.isKeepAlive } }

    /// - Parameters:
    ///   - context: of a handler with none before it but those that stay.
    ///   - sendBuffer, lingers, removesChunks: as ``DescriptorSink`` has them.
    /// - Returns: nil for a channel without a socket.
    func sink(
        _ context: ChannelHandlerContext, sendBuffer: Int, lingers: Bool = false, removesChunks: Bool = false
    ) -> (any ConnectionSink)? {
        switch self {
        case .plain:
            DescriptorSink(context: context, sendBuffer: sendBuffer, lingers: lingers, removesChunks: removesChunks)
        case .secure:
            ChannelSink(whole: context, sendBuffer: sendBuffer, lingers: lingers, removesChunks: removesChunks)
        case .shared: ChannelSink(shared: context)
        }
    }

    /// Notes that the connection has become a stream, and ends with its client's side.
    func leaveRequests(_ channel: any Channel) {
        guard let connections else { return }
        connections.leaveRequests()
        try? channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
    }

    /// Notes that it has ended.
    func leave(asRequests: Bool) { connections?.leave(asRequests: asRequests) }
}
