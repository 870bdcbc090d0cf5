import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Gateway

/// How long a connection may say nothing, and when it gives way to others.
@Suite struct RequestIdlenessTests {
    @Test(arguments: [
        ("", true), ("GET /a HT", true), ("GET /a HTTP/1.1\r\nHost: a\r\n\r\n", false),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab", false),
    ])
    func `an idle connection gives way to one that waits, and one with a request does not`(
        text: String, givesWay: Bool
    ) throws {
        let connection = try GuardedConnection()
        connection.connections.enter()
        try connection.send(text)
        connection.watch.makeRoom()
        #expect(connection.channel.isActive, "nobody waits")
        #expect(!connection.connections.hasRoom(for: ObjectIdentifier(Self.self)) {})
        connection.watch.makeRoom()
        #expect(connection.channel.isActive, "what it sends may be on its way")
        connection.advance(by: 1)
        connection.watch.makeRoom()
        #expect(connection.channel.isActive != givesWay)
    }

    @Test func `a connection gives way once it is answered, if others wait by then`() throws {
        let connection = try GuardedConnection()
        connection.connections.enter()
        for awaited in [false, true] {
            try connection.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
            if awaited { #expect(!connection.connections.hasRoom(for: ObjectIdentifier(Self.self)) {}) }
            try connection.answer()
            #expect(connection.channel.isActive != awaited)
        }
        #expect(try connection.statuses() == [200, 200])
    }

    @Test func `a client that reads nothing of its answer is closed after a minute`() throws {
        let connection = try GuardedConnection()
        try connection.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        connection.advance(by: 59)
        #expect(connection.channel.isActive)
        connection.channel.isWritable = true
        connection.channel.pipeline.fireChannelWritabilityChanged()
        connection.advance(by: 59)
        #expect(connection.channel.isActive)
        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        connection.advance(by: 61)
        #expect(!connection.channel.isActive)
    }

    @Test func `a connection that says nothing is closed without a word`() throws {
        let connection = try GuardedConnection()
        connection.advance(by: 9)
        #expect(connection.isOpen)
        connection.advance(by: 2)
        #expect(!connection.isOpen)
        #expect(try connection.statuses() == [])
    }

    @Test func `a head that trickles is told so and closed`() throws {
        let connection = try GuardedConnection()
        for byte in "GET /a HT" {
            try connection.send(String(byte))
            connection.advance(by: 1)
        }
        #expect(try connection.statuses() == [])
        connection.advance(by: 2)
        #expect(try connection.statuses() == [408])
        connection.advance(by: 3)
        #expect(!connection.isOpen)
    }

    @Test func `a connection at rest is kept for two minutes`() throws {
        let connection = try GuardedConnection()
        try connection.send(GuardedConnection.get)
        connection.advance(by: 300)
        #expect(connection.isOpen)
        try connection.answer()
        connection.advance(by: 118)
        #expect(connection.isOpen)
        connection.advance(by: 3)
        #expect(!connection.isOpen)
    }

    @Test func `who has ended without a request is let go`() throws {
        let connection = try GuardedConnection()
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        connection.channel.embeddedEventLoop.run()
        #expect(!connection.isOpen)
    }

    @Test func `who has ended behind a request still gets the answer`() throws {
        let connection = try GuardedConnection()
        try connection.send(GuardedConnection.get)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        connection.channel.embeddedEventLoop.run()
        #expect(connection.isOpen)
        try connection.answer()
        #expect(try connection.statuses() == [200])
    }
}
