import NIOCore
import NIOHTTP1

/// What a request, or the stream that it became, goes over.
enum Transport {
    /// A socket of its own.
    case plain(OpenConnections)
    /// A socket of its own, behind TLS.
    case secure(OpenConnections)
    /// One of several streams of HTTP/2.
    case shared(SharedRequest)

    /// The client as a proxy has announced it before the first request.
    var announcedPeer: ClientAddress? {
        if case .shared(let request) = self { request.announcedPeer } else { nil }
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

    /// Notes that what was a request is a stream now, and ends with its client's side.
    func leaveRequests(_ channel: any Channel) {
        switch self {
        case .plain(let connections), .secure(let connections):
            connections.leaveRequests()
            try? channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        case .shared(let request): request.becameStream()
        }
    }

    /// Notes that it has ended. One that shares its connection does so itself.
    func leave(asRequests: Bool) {
        switch self {
        case .plain(let connections), .secure(let connections): connections.leave(asRequests: asRequests)
        case .shared: break
        }
    }
}
