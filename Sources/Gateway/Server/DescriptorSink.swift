import Glibc
import NIOCore
import Rooms

/// A stream's socket, written to directly: one `send` of shared bytes for each delivery, on the connection's loop.
///
/// Bytes that the kernel does not take go through NIO, whose promise completes when they have left; until then nothing
/// else is sent, so the order is kept.
final class DescriptorSink: ConnectionSink {
    private var context: ChannelHandlerContext?
    private var descriptor: NIOBSDSocket.Handle?
    private(set) var queuedBytes = 0
    private let lingers: Bool
    /// Nil where the client knows chunks, or the bytes have none.
    private var chunks: ChunkRemoval?

    /// - Parameters:
    ///   - context: of a handler with none but the channel itself before it.
    ///   - sendBuffer: bytes that the kernel may hold for this connection; a reader's backlog is in there.
    ///   - lingers: whether the client may still be sending when the sink finishes.
    ///   - removesChunks: whether the client knows no chunks, which then are taken out of what is sent.
    init?(
        context: ChannelHandlerContext, sendBuffer: Int, lingers: Bool = false, removesChunks: Bool = false
    ) {
        self.lingers = lingers
        chunks = removesChunks ? ChunkRemoval() : nil
        guard let descriptor = Self.descriptor(of: context.channel) else { return nil }
        self.context = context
        self.descriptor = descriptor
        Self.set(sendBuffer: sendBuffer, of: descriptor)
    }

    static func set(sendBuffer: Int, of descriptor: NIOBSDSocket.Handle) {
        var size = CInt(sendBuffer)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<CInt>.size))
    }

    /// Nil for a channel without one. NIO's own `withUnsafeTransportIfAvailable(of:)` asks for the protocol with its
    /// transport, a type that Swift has to find by its name each time.
    static func descriptor(of channel: any Channel) -> NIOBSDSocket.Handle? {
        func descriptor(of core: some NIOTransportAccessibleChannelCore) -> NIOBSDSocket.Handle? {
            (try? core.withUnsafeTransport { $0 as? NIOBSDSocket.Handle }) ?? nil
        }
        return (channel._channelCore as? any NIOTransportAccessibleChannelCore).flatMap { descriptor(of: $0) }
    }

    func send(_ bytes: ByteBuffer) -> Int? {
        guard let descriptor else { return nil }
        guard queuedBytes == 0 else { return 0 }
        guard chunks != nil else { return Self.send(bytes, to: descriptor) }
        let before = chunks
        guard let plain = chunks?.take(bytes), let sent = Self.send(plain, to: descriptor) else { return nil }
        if sent == plain.readableBytes { return bytes.readableBytes }
        chunks = before
        return chunks?.advance(in: bytes, past: sent)
    }

    /// - Returns: how many bytes the kernel took; nil when the connection is gone.
    static func send(_ bytes: ByteBuffer, to descriptor: NIOBSDSocket.Handle) -> Int? {
        let sent = bytes.withUnsafeReadableBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
        }
        if sent >= 0 { return sent }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    func queue(_ bytes: ByteBuffer, drained: @escaping () -> Void) {
        guard let context else { return }
        queuedBytes += bytes.readableBytes
        let promise = context.eventLoop.makePromise(of: Void.self)
        let loop = context.eventLoop.assumeIsolated()
        promise.futureResult.assumeIsolated().whenSuccess {
            // Scheduled, since the write may succeed at once, and a reader that reads page after page must let the loop
            // poll in between.
            loop.scheduleTask(in: .microseconds(1)) { [weak self] in
                guard let self else { return }
                queuedBytes -= bytes.readableBytes
                if descriptor != nil { drained() }
            }
        }
        context.writeAndFlush(NIOAny(IOData.byteBuffer(chunks?.take(bytes) ?? bytes)), promise: promise)
    }

    var silence: Duration? { descriptor.flatMap(Self.silence) }

    /// As ``Sink/silence`` has it.
    static func silence(of descriptor: NIOBSDSocket.Handle) -> Duration? {
        var info = tcp_info()
        var size = socklen_t(MemoryLayout<tcp_info>.size)
        guard getsockopt(descriptor, CInt(IPPROTO_TCP), TCP_INFO, &info, &size) == 0, info.tcpi_unacked > 0 else {
            return nil
        }
        return .milliseconds(info.tcpi_last_ack_recv)
    }

    func finish(_ bytes: ByteBuffer) {
        guard let context, send(bytes) == bytes.readableBytes else { return abort() }
        forget()
        if lingers { context.closeOnceRead() } else { context.close(promise: nil) }
    }

    func abort() {
        guard let context, let descriptor else { return }
        if queuedBytes > 0 { Self.discard(descriptor) }
        forget()
        context.close(promise: nil)
    }

    /// Makes the kernel discard the bytes that the client does not read, by a reset, when the socket is closed.
    static func discard(_ descriptor: NIOBSDSocket.Handle) {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }

    func forget() {
        descriptor = nil
        context = nil
    }
}
