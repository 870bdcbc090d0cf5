import NIOCore
import NIOHTTP2

/// A connection of HTTP/2 (RFC 9113), behind the handlers of its frames: counts it, and knows how many requests and streams
/// share it. Used on its loop alone.
///
/// To the budget of descriptors it is one connection. To that of requests each request on it is one, and the connection
/// itself until it carries a stream. To the limits of tenants and users each stream on it is a connection.
final class SharedConnection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    /// The other end as a proxy has announced it.
    let announcedPeer: ClientAddress?
    private let connections: OpenConnections
    private let watch: RequestWatch
    private var context: ChannelHandlerContext?
    private var open = 0
    private var hasServed = false
    private var isStream = false
    /// Whether its client was told that no new request is taken.
    private var isEnding = false
    /// Since when nothing shares it.
    private var restsSince: NIODeadline

    /// Requests and streams at once. Browsers have one connection for all tabs of an origin.
    static let mostStreams = 256
    /// What one of them may hold that its client does not take, beside what is queued for it.
    static let heldBytes = 8192
    /// Frames of control that wait to be written.
    static let mostFrames = 1024

    init(_ connections: OpenConnections, watch: RequestWatch, peer: ClientAddress?) {
        (self.connections, self.watch, announcedPeer) = (connections, watch, peer)
        restsSince = watch.loop.now
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        watch.remove(self)
        connections.leave(asRequests: !isStream)
    }

    /// Notes that a request has begun.
    ///
    /// - Returns: whether there is room for it.
    func began() -> Bool {
        open += 1
        hasServed = true
        return connections.enterRequest()
    }

    /// Notes that one has become a stream.
    func becameStream() {
        connections.leaveRequests()
        if !isStream { connections.leaveRequests() }
        isStream = true
    }

    /// Notes that a request has ended, or the stream that it became.
    func ended(asRequest: Bool) {
        open -= 1
        if asRequest { connections.leaveRequests() }
        guard open == 0 else { return }
        restsSince = watch.loop.now
        watch.aConnectionIsIdle()
    }

    /// A client that breaks the protocol, or its limits, is sent away by the handler of frames.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Beyond some abuses within a while a connection is ended, as the library has it: resets (CVE-2023-44487), control
    /// frames, continuations (CVE-2024-27316), empty frames, and whatever else is odd.
    static func framing(maxHeaderBytes: Int) -> NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: mostStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: maxHeaderBytes),
            HTTP2Setting(parameter: .maxFrameSize, value: 16_384),
        ]
        configuration.maximumBufferedControlFrames = mostFrames
        return configuration
    }

    static let sharing: NIOHTTP2Handler.StreamConfiguration = {
        var configuration = NIOHTTP2Handler.StreamConfiguration()
        configuration.outboundBufferSizeHighWatermark = heldBytes
        configuration.outboundBufferSizeLowWatermark = heldBytes / 2
        return configuration
    }()
}

extension SharedConnection: WatchedConnection {
    func idleSince(at now: NIODeadline) -> NIODeadline? {
        open == 0 && (hasServed || now - restsSince >= RequestPace.shortestIdle) ? restsSince : nil
    }

    func look(at now: NIODeadline) {
        guard open == 0 else { return }
        let rest = now - restsSince
        if isEnding {
            // A client that does not say that it has heard of it is not waited for.
            if rest >= RequestPace.longestFarewell { makeRoom() }
        } else if rest >= (hasServed ? RequestPace.longestRest : RequestPace.longestHead) {
            quiesce()
        }
    }

    func makeRoom() { context?.close(promise: nil) }

    /// Its client is told that no new request is taken (RFC 9113 §6.8), and it ends with the last that is open.
    func quiesce() {
        isEnding = true
        restsSince = watch.loop.now
        context?.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
}
