import Glibc
import NIOCore
import Rooms
import StreamLoops

/// A connection on a ``StreamLoop``: a descriptor, and soon the reader of a stream. What only some of them have for a while
/// lies in a box of its own.
final class StreamSocket {
    private enum Stage: UInt8 { case untouched, deciding, stream, closed }

    /// Bytes that wait: those of a request that is being decided, or those that the socket has not taken.
    private final class Waiting {
        var bytes: ByteBuffer
        var drained: (() -> Void)?

        init(_ bytes: ByteBuffer) { self.bytes = bytes }
    }

    private let acceptor: StreamAcceptor
    private var reader: Reader?
    private var waiting: Waiting?
    private let accepted: NIODeadline
    private var place: LoopPlace?
    private var descriptor: CInt
    private var stage = Stage.untouched

    /// Bytes of a client that sends more before its first request is decided.
    static let mostHeld = 65_536
    private static let events: LoopEvents = [.readable, .inputClosed]

    init(_ descriptor: CInt, of acceptor: StreamAcceptor) {
        (self.descriptor, self.acceptor) = (descriptor, acceptor)
        accepted = acceptor.loop.now
    }

    /// Reads what the client has sent, which mostly is there already.
    func begin() {
        if acceptor.server.takesFromProxies, let peer = ClientAddress(peerOf: descriptor),
            acceptor.server.streams.isTrusted(peer)
        {
            return leave(with: ByteBuffer())
        }
        var one = CInt(1)
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        read()
        guard stage != .closed else { return }
        place = acceptor.loop.add(self, descriptor, for: Self.events)
        if place == nil { return close() }
        if stage == .untouched { acceptor.watch.add(self) }
    }

    private func read() {
        acceptor.loop.read(descriptor) { bytes in
            guard let bytes else { return }
            if bytes.isEmpty { return close() }
            switch stage {
            case .untouched: decide(bytes)
            case .deciding:
                waiting?.bytes.writeBytes(bytes)
                if waiting?.bytes.readableBytes ?? 0 > Self.mostHeld { close() }
            // What a client says on a stream is ignored.
            case .stream, .closed: break
            }
        }
    }

    private func decide(_ bytes: UnsafeRawBufferPointer) {
        if place != nil { acceptor.watch.remove(self) }
        guard let asked = acceptor.direct.asked(bytes, from: { ClientAddress(peerOf: descriptor) }) else {
            return leave(with: ByteBuffer(bytes: bytes))
        }
        stage = .deciding
        waiting = Waiting(ByteBuffer(bytes: bytes))
        acceptor.direct.open(asked, to: acceptor.hub, on: self)
    }

    /// Leaves the connection to NIO.
    private func leave(with bytes: ByteBuffer) {
        if let place { acceptor.loop.remove(place, descriptor) }
        stage = .closed
        waiting = nil
        acceptor.handOver(descriptor, bytes)
        descriptor = -1
    }

    private func close() {
        guard stage != .closed else { return }
        if stage == .untouched, place != nil { acceptor.watch.remove(self) }
        acceptor.server.connections.leave(asRequests: stage != .stream)
        stage = .closed
        if let place { acceptor.loop.remove(place) }
        Glibc.close(descriptor)
        descriptor = -1
        waiting = nil
        let reader = reader
        self.reader = nil
        reader?.drop()
    }
}

extension StreamSocket: LoopSocket {
    func ready(_ events: LoopEvents) {
        if events.contains(.readable) { read() }
        if !events.isDisjoint(with: [.inputClosed, .gone]) { return close() }
        if events.contains(.writable) { flush() }
    }

    private func flush() {
        guard stage == .stream, let waiting else { return }
        guard let sent = DescriptorSink.send(waiting.bytes, to: descriptor) else { return close() }
        waiting.bytes.moveReaderIndex(forwardBy: sent)
        guard waiting.bytes.readableBytes == 0, let place else { return }
        self.waiting = nil
        acceptor.loop.change(place, descriptor, to: Self.events)
        waiting.drained?()
    }
}

extension StreamSocket: Sink {
    func send(_ bytes: ByteBuffer) -> Int? {
        guard stage == .stream else { return nil }
        return waiting == nil ? DescriptorSink.send(bytes, to: descriptor) : 0
    }

    func queue(_ bytes: ByteBuffer, drained: @escaping () -> Void) {
        guard stage == .stream else { return }
        let waiting = Waiting(bytes)
        waiting.drained = drained
        self.waiting = waiting
        // Before it is watched at all, ``begin()`` has not returned yet.
        if let place { acceptor.loop.change(place, descriptor, to: Self.events.union(.writable)) }
    }

    var queuedBytes: Int { waiting?.bytes.readableBytes ?? 0 }
    var silence: Duration? { stage == .stream ? DescriptorSink.silence(of: descriptor) : nil }

    func finish(_ bytes: ByteBuffer) {
        _ = send(bytes)
        abort()
    }

    func abort() {
        guard stage != .closed else { return }
        if queuedBytes > 0 { DescriptorSink.discard(descriptor) }
        reader = nil
        close()
    }
}

extension StreamSocket: DirectConnection {
    func takeOver() throws(Problem) -> (any Sink)? {
        guard stage == .deciding else { return nil }
        stage = .stream
        waiting = nil
        DescriptorSink.set(sendBuffer: acceptor.hub.limits.sendBuffer, of: descriptor)
        acceptor.server.connections.leaveRequests()
        return self
    }

    func keep(_ reader: Reader) { if stage == .stream { self.reader = reader } else { reader.drop() } }

    func leave() {
        guard stage == .deciding, let waiting else { return }
        leave(with: waiting.bytes)
    }
}

extension StreamSocket: WatchedConnection {
    func idleSince(at now: NIODeadline) -> NIODeadline? {
        stage == .untouched && now - accepted >= RequestPace.shortestIdle ? accepted : nil
    }

    func look(at now: NIODeadline) { if now - accepted >= RequestPace.longestHead { makeRoom() } }
    func makeRoom() { if stage == .untouched { close() } }
    func quiesce() { makeRoom() }
}

extension ClientAddress {
    /// The other end of a socket; nil when it has no address.
    fileprivate init?(peerOf descriptor: CInt) {
        var bytes = [UInt8](repeating: 0, count: 64)
        var size = socklen_t(bytes.count)
        let result = bytes.withUnsafeMutableBytes {
            getpeername(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
        }
        guard result == 0 else { return nil }
        // `sockaddr_in` and `sockaddr_in6`: the family, the port, and then the address, or first the flow.
        switch CInt(bytes[0]) | CInt(bytes[1]) << 8 {
        case AF_INET: self.init(networkOrder: bytes[4..<8])
        case AF_INET6: self.init(networkOrder: bytes[8..<24])
        default: return nil
        }
    }
}
