import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Gateway

/// What passes to whoever answers, and what is said instead.
@Suite struct RequestGuardTests {
    static let bad = "GET /bad HTTP/1.1\r\n\r\n"
    static let post = "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
    static let offer = "GET /u HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

    @Test func `a request passes and the next one after it`() throws {
        let connection = try GuardedConnection()
        for target in ["/a", "/b"] {
            try connection.send(target == "/a" ? GuardedConnection.get : GuardedConnection.next)
            #expect(try connection.passed() == [target])
            try connection.answer()
        }
        #expect(try connection.statuses() == [200, 200])
        #expect(connection.isOpen)
    }

    @Test func `what is refused is said once, ends the connection and nothing behind it passes`() throws {
        let connection = try GuardedConnection()
        try connection.send(Self.bad + GuardedConnection.get)
        try connection.send(GuardedConnection.get)
        #expect(try connection.passed() == [])
        #expect(try connection.statuses() == [400])
        #expect(connection.output.contains("application/problem+json"))
        #expect(connection.output.contains("Connection: close"))
        connection.advance(by: 4)
        #expect(!connection.isOpen)
    }

    @Test func `a refusal waits until what came before it is answered`() throws {
        let connection = try GuardedConnection()
        try connection.send(GuardedConnection.get + GuardedConnection.next + Self.bad)
        #expect(try connection.passed() == ["/a", "/b"])
        #expect(try connection.statuses() == [])
        try connection.answer()
        #expect(try connection.statuses() == [200])
        try connection.answer(.created)
        #expect(try connection.statuses() == [200, 201, 400])
    }

    @Test func `bytes that are not HTTP wait for their turn too, and a done write is not told as refused`() throws {
        let connection = try GuardedConnection()
        try connection.send(Self.post + "hello" + "\u{1}\u{2}garbage\r\n\r\n")
        #expect(try connection.passed() == ["/p"])
        try connection.answer(.created)
        #expect(try connection.statuses() == [201, 400])
    }

    @Test func `a body that breaks off in its coding is refused, and its reader told`() throws {
        let connection = try GuardedConnection()
        try connection.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(throws: HTTPParserError.self) { try connection.send("zz\r\n") }
        #expect(try connection.statuses() == [400])
        // What the reader then says comes too late.
        #expect(throws: ChannelError.outputClosed) { try connection.answer(.badRequest) }
        #expect(try connection.statuses() == [400])
    }

    @Test func `a body in chunks that grows beyond the limit is refused`() throws {
        let connection = try GuardedConnection()
        try connection.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "40\r\n" + String(repeating: "a", count: 64) + "\r\n"
        try connection.send(chunk)
        #expect(throws: HTTPParserError.self) { try connection.send(chunk) }
        #expect(try connection.statuses() == [413])
    }

    @Test func `where an answer has begun a broken request just ends the connection`() throws {
        let connection = try GuardedConnection()
        try connection.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        try connection.begin()
        #expect(throws: HTTPParserError.self) { try connection.send("zz\r\n") }
        #expect(try connection.statuses() == [200])
        #expect(!connection.isOpen)
    }

    @Test func `an offer to upgrade is passed over, and what follows is read`() throws {
        let connection = try GuardedConnection()
        try connection.send(Self.offer)
        #expect(try connection.passed() == ["/u"])
        try connection.answer()
        try connection.send(Self.offer)
        #expect(try connection.passed() == ["/u"])
        try connection.answer()
        try connection.send(GuardedConnection.get)
        #expect(try connection.passed() == ["/a"])
    }

    @Test func `what was sent behind an offer is read once the offer is answered`() throws {
        let connection = try GuardedConnection()
        try connection.send(Self.offer + GuardedConnection.get)
        try connection.send(GuardedConnection.next)
        #expect(try connection.passed() == ["/u"])
        try connection.answer()
        #expect(try connection.passed() == ["/a", "/b"])
    }

    @Test func `an offer with a body that was answered early is read on after its end`() throws {
        let connection = try GuardedConnection()
        try connection.send(
            "POST /u HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n")
        try connection.answer(.unauthorized)
        try connection.send("{}")
        #expect(try connection.passed() == ["/u"])
        try connection.send(GuardedConnection.get)
        #expect(try connection.passed() == ["/a"])
    }

    static let last = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    @Test func `what follows the last request is not passed on, and the connection ends with its answer`() throws {
        for next in [GuardedConnection.get, "garbage\u{1}\r\n\r\n"] {
            let connection = try GuardedConnection()
            try? connection.send(GuardedConnection.next + Self.last + next)
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

    private func want(_ connection: GuardedConnection) {
        connection.channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
    }

    @Test func `a body that is held back is asked for once, when it is wanted`() throws {
        let connection = try GuardedConnection()
        try connection.send(Self.held)
        #expect(try connection.statuses() == [])
        want(connection)
        want(connection)
        #expect(try connection.statuses() == [100])
        try connection.send("hello" + GuardedConnection.get)
        #expect(try connection.passed() == ["/p", "/a"])
        try connection.answer(.created)
        try connection.answer()
        #expect(try connection.statuses() == [100, 201, 200])
        #expect(connection.isOpen)
    }

    @Test func `an answer instead ends the connection, for a body may follow or not`() throws {
        let connection = try GuardedConnection()
        try connection.send(Self.held)
        try connection.answer(.unauthorized)
        want(connection)
        try? connection.send(GuardedConnection.get)
        #expect(try connection.statuses() == [401])
        #expect(connection.output.contains("Connection: close"))
        #expect(try connection.passed() == [])
        connection.advance(by: 4)
        #expect(!connection.isOpen)
    }

    @Test func `nobody gets 100 Continue who does not wait for it, or not yet`() throws {
        let (sent, pipelined) = (try GuardedConnection(), try GuardedConnection())
        try sent.send(Self.held + "he")
        want(sent)
        #expect(try sent.statuses() == [])
        try pipelined.send(GuardedConnection.get + Self.held)
        want(pipelined)
        #expect(try pipelined.statuses() == [], "the answer to the first comes first")
        try pipelined.answer()
        want(pipelined)
        #expect(try pipelined.statuses() == [200, 100])
    }

    @Test func `HTTP 1_0 gets no chunks, and the end of the connection instead`() throws {
        let connection = try GuardedConnection()
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
