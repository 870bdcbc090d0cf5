import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Gateway

/// One connection on a loop whose time these tests move: what passes to whoever answers, and what is said instead.
@Suite struct RequestGuardTests {
    /// A connection whose answers the test gives.
    final class Connection {
        let channel = EmbeddedChannel()
        let requests: RequestGuard
        let watch: RequestWatch
        let connections = OpenConnections(limit: 1)
        private(set) var output = ""

        init() throws {
            watch = RequestWatch(loop: channel.eventLoop, connections: connections)
            requests = RequestGuard(rules: RequestRules(maxBodyBytes: 100), watch: watch) {
                ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
            }
            let pipeline = channel.pipeline.syncOperations
            try channel.setOption(.allowRemoteHalfClosure, value: true).wait()
            try pipeline.addHandlers([HTTPResponseEncoder(), requests.decoder, requests])
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        func send(_ text: String) throws {
            try channel.writeInbound(ByteBuffer(string: text))
            channel.embeddedEventLoop.run()
        }

        func advance(by seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

        /// The targets of the requests that were passed on since the last look, each once it has ended.
        func passed() throws -> [String] {
            var (targets, ended): ([String], [String]) = ([], [])
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
                if case .head(let head) = part { targets.append(head.uri) }
                if case .end = part { ended.append(targets.removeLast()) }
            }
            return ended
        }

        func begin(_ status: HTTPResponseStatus = .ok) throws {
            let head = HTTPResponseHead(version: .http1_1, status: status, headers: ["Content-Length": "0"])
            try channel.writeOutbound(HTTPServerResponsePart.head(head))
        }

        func answer(_ status: HTTPResponseStatus = .ok) throws {
            try begin(status)
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
            channel.embeddedEventLoop.run()
        }

        /// The statuses of everything that went out.
        func statuses() throws -> [Int] {
            while var bytes = try channel.readOutbound(as: ByteBuffer.self) {
                output += bytes.readString(length: bytes.readableBytes) ?? ""
            }
            return output.ranges(of: "HTTP/1.1 ").compactMap { Int(output[$0.upperBound...].prefix(3)) }
        }

        var isOpen: Bool { channel.isActive }
    }

    static let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    static let next = "GET /b HTTP/1.1\r\nHost: x\r\n\r\n"
    static let bad = "GET /bad HTTP/1.1\r\n\r\n"
    static let post = "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
    static let offer = "GET /u HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

    @Test(arguments: [
        ("", true), ("GET /a HT", true), ("GET /a HTTP/1.1\r\nHost: a\r\n\r\n", false),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab", false),
    ])
    func `an idle connection gives way to one that waits, and one with a request does not`(
        text: String, givesWay: Bool
    ) throws {
        let connection = try Connection()
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
        let connection = try Connection()
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
        let connection = try Connection()
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

    @Test func `a request passes and the next one after it`() throws {
        let connection = try Connection()
        for target in ["/a", "/b"] {
            try connection.send(target == "/a" ? Self.get : Self.next)
            #expect(try connection.passed() == [target])
            try connection.answer()
        }
        #expect(try connection.statuses() == [200, 200])
        #expect(connection.isOpen)
    }

    @Test func `what is refused is said once, ends the connection and nothing behind it passes`() throws {
        let connection = try Connection()
        try connection.send(Self.bad + Self.get)
        try connection.send(Self.get)
        #expect(try connection.passed() == [])
        #expect(try connection.statuses() == [400])
        #expect(connection.output.contains("application/problem+json"))
        #expect(connection.output.contains("Connection: close"))
        connection.advance(by: 4)
        #expect(!connection.isOpen)
    }

    @Test func `a refusal waits until what came before it is answered`() throws {
        let connection = try Connection()
        try connection.send(Self.get + Self.next + Self.bad)
        #expect(try connection.passed() == ["/a", "/b"])
        #expect(try connection.statuses() == [])
        try connection.answer()
        #expect(try connection.statuses() == [200])
        try connection.answer(.created)
        #expect(try connection.statuses() == [200, 201, 400])
    }

    @Test func `bytes that are not HTTP wait for their turn too, and a done write is not told as refused`() throws {
        let connection = try Connection()
        try connection.send(Self.post + "hello" + "\u{1}\u{2}garbage\r\n\r\n")
        #expect(try connection.passed() == ["/p"])
        try connection.answer(.created)
        #expect(try connection.statuses() == [201, 400])
    }

    @Test func `a body that breaks off in its coding is refused, and its reader told`() throws {
        let connection = try Connection()
        try connection.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(throws: HTTPParserError.self) { try connection.send("zz\r\n") }
        #expect(try connection.statuses() == [400])
        // What the reader then says comes too late.
        #expect(throws: ChannelError.outputClosed) { try connection.answer(.badRequest) }
        #expect(try connection.statuses() == [400])
    }

    @Test func `a body in chunks that grows beyond the limit is refused`() throws {
        let connection = try Connection()
        try connection.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "40\r\n" + String(repeating: "a", count: 64) + "\r\n"
        try connection.send(chunk)
        #expect(throws: HTTPParserError.self) { try connection.send(chunk) }
        #expect(try connection.statuses() == [413])
    }

    @Test func `where an answer has begun a broken request just ends the connection`() throws {
        let connection = try Connection()
        try connection.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        try connection.begin()
        #expect(throws: HTTPParserError.self) { try connection.send("zz\r\n") }
        #expect(try connection.statuses() == [200])
        #expect(!connection.isOpen)
    }

    @Test func `an offer to upgrade is passed over, and what follows is read`() throws {
        let connection = try Connection()
        try connection.send(Self.offer)
        #expect(try connection.passed() == ["/u"])
        try connection.answer()
        try connection.send(Self.offer)
        #expect(try connection.passed() == ["/u"])
        try connection.answer()
        try connection.send(Self.get)
        #expect(try connection.passed() == ["/a"])
    }

    @Test func `what was sent behind an offer is read once the offer is answered`() throws {
        let connection = try Connection()
        try connection.send(Self.offer + Self.get)
        try connection.send(Self.next)
        #expect(try connection.passed() == ["/u"])
        try connection.answer()
        #expect(try connection.passed() == ["/a", "/b"])
    }

    @Test func `an offer with a body that was answered early is read on after its end`() throws {
        let connection = try Connection()
        try connection.send(
            "POST /u HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n")
        try connection.answer(.unauthorized)
        try connection.send("{}")
        #expect(try connection.passed() == ["/u"])
        try connection.send(Self.get)
        #expect(try connection.passed() == ["/a"])
    }

    @Test func `a connection that says nothing is closed without a word`() throws {
        let connection = try Connection()
        connection.advance(by: 9)
        #expect(connection.isOpen)
        connection.advance(by: 2)
        #expect(!connection.isOpen)
        #expect(try connection.statuses() == [])
    }

    @Test func `a head that trickles is told so and closed`() throws {
        let connection = try Connection()
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
        let connection = try Connection()
        try connection.send(Self.get)
        connection.advance(by: 300)
        #expect(connection.isOpen)
        try connection.answer()
        connection.advance(by: 118)
        #expect(connection.isOpen)
        connection.advance(by: 3)
        #expect(!connection.isOpen)
    }

    @Test func `who has ended without a request is let go`() throws {
        let connection = try Connection()
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        connection.channel.embeddedEventLoop.run()
        #expect(!connection.isOpen)
    }

    @Test func `who has ended behind a request still gets the answer`() throws {
        let connection = try Connection()
        try connection.send(Self.get)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        connection.channel.embeddedEventLoop.run()
        #expect(connection.isOpen)
        try connection.answer()
        #expect(try connection.statuses() == [200])
    }

    static let last = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    @Test func `what follows the last request is not passed on, and the connection ends with its answer`() throws {
        for next in [Self.get, "garbage\u{1}\r\n\r\n"] {
            let connection = try Connection()
            try? connection.send(Self.next + Self.last + next)
            try? connection.send(next)
            #expect(try connection.passed() == ["/b", "/last"])
            try connection.answer()
            try connection.answer()
            #expect(try connection.statuses() == [200, 200])
            #expect(connection.output.ranges(of: "Connection: close").count == 1)
            connection.advance(by: 4)
            #expect(!connection.isOpen)
        }
    }

    static let held = "POST /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"

    private func want(_ connection: Connection) {
        connection.channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
    }

    @Test func `a body that is held back is asked for once, when it is wanted`() throws {
        let connection = try Connection()
        try connection.send(Self.held)
        #expect(try connection.statuses() == [])
        want(connection)
        want(connection)
        #expect(try connection.statuses() == [100])
        try connection.send("hello" + Self.get)
        #expect(try connection.passed() == ["/p", "/a"])
        try connection.answer(.created)
        try connection.answer()
        #expect(try connection.statuses() == [100, 201, 200])
        #expect(connection.isOpen)
    }

    @Test func `an answer instead ends the connection, for a body may follow or not`() throws {
        let connection = try Connection()
        try connection.send(Self.held)
        try connection.answer(.unauthorized)
        want(connection)
        try? connection.send(Self.get)
        #expect(try connection.statuses() == [401])
        #expect(connection.output.contains("Connection: close"))
        #expect(try connection.passed() == [])
        connection.advance(by: 4)
        #expect(!connection.isOpen)
    }

    @Test func `nobody gets 100 Continue who does not wait for it, or not yet`() throws {
        let (sent, pipelined) = (try Connection(), try Connection())
        try sent.send(Self.held + "he")
        want(sent)
        #expect(try sent.statuses() == [])
        try pipelined.send(Self.get + Self.held)
        want(pipelined)
        #expect(try pipelined.statuses() == [], "the answer to the first comes first")
        try pipelined.answer()
        want(pipelined)
        #expect(try pipelined.statuses() == [200, 100])
    }

    @Test func `HTTP 1_0 gets no chunks, and the end of the connection instead`() throws {
        let connection = try Connection()
        try connection.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let head = HTTPResponseHead(version: .http1_1, status: .ok)
        try connection.channel.writeOutbound(HTTPServerResponsePart.head(head))
        try connection.channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: "hello"))))
        try connection.channel.writeOutbound(HTTPServerResponsePart.end(nil))
        connection.channel.embeddedEventLoop.run()
        _ = try connection.statuses()
        #expect(connection.output.hasPrefix("HTTP/1.0 200 OK\r\n") && connection.output.hasSuffix("\r\n\r\nhello"))
        connection.advance(by: 4)
        #expect(!connection.isOpen)
    }
}
