import NIOCore
import NIOHTTP1
import NIOPosix
import Rooms

/// A stream that is written to through its channel's handlers: where TLS or HTTP/2 stands between us and the socket.
///
/// What was written counts as sent. While the channel takes nothing more, bytes are queued, and the reader waits until they
/// have left, as with a ``DescriptorSink``.
final class ChannelSink: ConnectionSink {
    private var context: ChannelHandlerContext?
    private(set) var queuedBytes = 0
    private let lingers: Bool
    private var encoding: Encoding
    /// The socket that all of it goes over.
    private let descriptor: NIOBSDSocket.Handle?

    private enum Encoding {
        /// As it comes; without chunks where the client knows none.
        case bytes(ChunkRemoval?)
        /// The parts of a response, on one of the streams that share a connection.
        case parts(ResponseParts)
    }

    private init(_ context: ChannelHandlerContext, _ encoding: Encoding, over socket: any Channel, lingers: Bool) {
        (self.context, self.encoding, self.lingers) = (context, encoding, lingers)
        descriptor = DescriptorSink.descriptor(of: socket)
    }

    /// A whole connection.
    ///
    /// - Parameters:
    ///   - context: of a handler with none but that of TLS before it.
    ///   - sendBuffer, lingers, removesChunks: as ``DescriptorSink`` has them.
    convenience init(
        whole context: ChannelHandlerContext, sendBuffer: Int, lingers: Bool = false, removesChunks: Bool = false
    ) {
        self.init(
            context, .bytes(removesChunks ? ChunkRemoval() : nil), over: context.channel, lingers: lingers)
        // Bytes that the socket does not take are queued, and counted, rather than kept by the channel.
        try? context.channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1))
        if let descriptor { DescriptorSink.set(sendBuffer: sendBuffer, of: descriptor) }
    }

    /// One of several streams on a connection.
    ///
    /// - Parameter context: of a handler behind a codec of HTTP.
    convenience init(shared context: ChannelHandlerContext) {
        self.init(
            context, .parts(ResponseParts()), over: context.channel.parent ?? context.channel, lingers: false)
    }

    func send(_ bytes: ByteBuffer) -> Int? {
        guard let context, context.channel.isActive else { return nil }
        guard queuedBytes == 0, context.channel.isWritable else { return 0 }
        write(bytes, promise: nil)
        return bytes.readableBytes
    }

    func queue(_ bytes: ByteBuffer, drained: @escaping () -> Void) {
        guard let context else { return }
        queuedBytes += bytes.readableBytes
        let promise = context.eventLoop.makePromise(of: Void.self)
        let loop = context.eventLoop.assumeIsolated()
        promise.futureResult.assumeIsolated().whenSuccess {
            // Scheduled for the same reason as in ``DescriptorSink``.
            loop.scheduleTask(in: .microseconds(1)) { [weak self] in
                guard let self else { return }
                queuedBytes -= bytes.readableBytes
                if self.context != nil { drained() }
            }
        }
        write(bytes, promise: promise)
    }

    private func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let context else { return }
        switch encoding {
        case .bytes(var chunks):
            let plain = chunks?.take(bytes) ?? bytes
            encoding = .bytes(chunks)
            context.writeAndFlush(NIOAny(plain), promise: promise)
        case .parts(var parts):
            let made = parts.take(bytes)
            encoding = .parts(parts)
            for part in made.dropLast() { context.write(NIOAny(part), promise: nil) }
            guard let last = made.last else {
                promise?.succeed()
                return
            }
            context.writeAndFlush(NIOAny(last), promise: promise)
        }
    }

    var silence: Duration? { context == nil ? nil : descriptor.flatMap(DescriptorSink.silence) }

    func finish(_ bytes: ByteBuffer) {
        guard let context, send(bytes) == bytes.readableBytes else { return abort() }
        forget()
        if case .parts = encoding {
            // The stream is over, and others go on.
            return context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: nil)
        }
        if lingers { context.closeOnceRead() } else { context.close(promise: nil) }
    }

    func abort() {
        guard let context else { return }
        if queuedBytes > 0, case .bytes = encoding, let descriptor { DescriptorSink.discard(descriptor) }
        forget()
        context.close(promise: nil)
    }

    func forget() { context = nil }
}
