import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Gateway

/// Nobody is accepted beyond the limit, and whoever waits comes in as soon as somebody leaves.
@Suite struct OpenConnectionsTests {
    /// Counts the reads that reach the listening socket.
    final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = Never
        var count = 0
        func read(context: ChannelHandlerContext) { count += 1 }
    }

    @Test func `there is room up to the limit, and again when one leaves`() {
        let connections = OpenConnections(limit: 2)
        let resumed = Mutex(0)
        connections.enter()
        #expect(connections.hasRoom(for: ObjectIdentifier(Self.self)) { Issue.record("there was room") })
        connections.enter()
        #expect(!connections.hasRoom(for: ObjectIdentifier(Self.self)) { resumed.withLock { $0 += 1 } })
        connections.leave(asRequests: true)
        #expect(resumed.withLock { $0 } == 1)
        connections.leave(asRequests: true)
        connections.leave(asRequests: true)
        #expect(resumed.withLock { $0 } == 1)
        #expect(connections.hasRoom(for: ObjectIdentifier(Self.self)) {})
    }

    @Test func `it is far enough from the limit before anybody is called`() {
        let connections = OpenConnections(limit: 1)
        let resumed = Mutex(0)
        for _ in 0..<3 { connections.enter() }
        #expect(!connections.hasRoom(for: ObjectIdentifier(Self.self)) { resumed.withLock { $0 += 1 } })
        connections.leave(asRequests: true)
        connections.leave(asRequests: true)
        #expect(resumed.withLock { $0 } == 0)
        connections.leave(asRequests: true)
        #expect(resumed.withLock { $0 } == 1)
    }

    @Test func `requests that share a connection count each, and are told when there are too many`() {
        let connections = OpenConnections(limit: 10, requestLimit: 3)
        connections.enter()
        #expect(connections.enterRequest() && connections.enterRequest())
        #expect(!connections.enterRequest() && connections.isFull)
        for _ in 0..<2 { connections.leaveRequests() }
        #expect(connections.hasRoom(for: ObjectIdentifier(Self.self)) {})
    }

    @Test func `streams do not count among those that speak requests`() {
        let connections = OpenConnections(limit: 10, requestLimit: 2)
        let resumed = Mutex(0)
        for _ in 0..<2 { connections.enter() }
        #expect(!connections.hasRoom(for: ObjectIdentifier(Self.self)) { resumed.withLock { $0 += 1 } })
        #expect(connections.isFull && connections.isAwaited && connections.excess == 1)
        connections.leaveRequests()
        #expect(resumed.withLock { $0 } == 1 && !connections.isAwaited && connections.excess == 0)
        #expect(connections.hasRoom(for: ObjectIdentifier(Self.self)) {})
        // The stream's end leaves the count of the others alone.
        connections.enter()
        connections.leave(asRequests: false)
        #expect(!connections.hasRoom(for: ObjectIdentifier(Self.self)) {})
        connections.leave(asRequests: true)
        #expect(connections.hasRoom(for: ObjectIdentifier(Self.self)) {})
    }

    @Test func `the gate reads no further at the limit and goes on by itself`() throws {
        let (connections, reads) = (OpenConnections(limit: 1), Reads())
        let channel = EmbeddedChannel(handlers: [
            reads, AcceptGate(connections, room: RoomMaker(connections, watches: [])),
        ])
        channel.read()
        #expect(reads.count == 1)
        channel.pipeline.fireChannelRead(EmbeddedChannel() as any Channel)
        channel.read()
        channel.read()
        #expect(reads.count == 1)
        connections.leave(asRequests: true)
        channel.embeddedEventLoop.run()
        #expect(reads.count == 2)
    }

    @Test func `when the system has no descriptor left the gate looks away for a second`() throws {
        let (connections, reads) = (OpenConnections(limit: 10), Reads())
        let channel = EmbeddedChannel(handlers: [
            reads, AcceptGate(connections, room: RoomMaker(connections, watches: [])),
        ])
        channel.pipeline.fireErrorCaught(IOError(errnoCode: 24, reason: "accept"))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(900))
        #expect(reads.count == 0)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        #expect(reads.count >= 1)
        #expect(throws: IOError.self) { try channel.throwIfErrorCaught() }
    }
}
