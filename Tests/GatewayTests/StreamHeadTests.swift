import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// What is read directly from a connection's first bytes means the same to the HTTP decoder and the rules of requests;
/// everything else is left to them.
@Suite struct StreamHeadTests {
    private static let plain =
        "GET /sse/connect?board=main HTTP/1.1\r\nHost: a.example:8080\r\nAuthorization: Bearer a.b.c\r\n"

    /// The parts of a head, as text.
    struct Parts: Equatable {
        var query = ""
        var host = ""
        var token: String?
        var lastEventID: String?
        var others: [String] = []
    }

    private func direct(_ bytes: [UInt8]) -> Parts? {
        bytes.withUnsafeBytes { bytes in
            guard let head = StreamHead(bytes) else { return nil }
            func text(_ place: Range<Int>) -> String { String(decoding: bytes[place], as: UTF8.self) }
            return Parts(
                query: text(head.query), host: text(head.host), token: head.token.map(text),
                lastEventID: head.lastEventID.map(text), others: head.others.map { text($0.place) })
        }
    }

    private static let otherNames = [
        "cookie", "origin", "sec-fetch-site", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
        "x-forwarded-prefix", "forwarded",
    ]

    /// What the handlers of HTTP requests make of the same bytes; nil unless it is one request for the stream and nothing
    /// else.
    private func usual(_ bytes: [UInt8]) throws -> Parts? {
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
        let channel = EmbeddedChannel(handler: decoder)
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { return nil }
        guard case .head(let sent)? = try channel.readInbound(as: HTTPServerRequestPart.self),
            case .end(nil)? = try channel.readInbound(as: HTTPServerRequestPart.self),
            try channel.readInbound(as: HTTPServerRequestPart.self) == nil,
            let head = try? RequestRules(maxBodyBytes: 1 << 20).accepted(sent), head.isKeepAlive, !head.offersUpgrade,
            head.version == .http1_1, head.method == .GET, head.path == "/sse/connect", head.headers["host"].count == 1
        else { return nil }
        let token: String?
        switch try? Credentials(CredentialFields(head), at: place(head), origins: []) {
        case .token(let found) where !head.headers["authorization"].isEmpty: token = String(found)
        default: token = nil
        }
        return Parts(
            query: head.query ?? "", host: head.headers["host"][0], token: token,
            lastEventID: head.headers.first(name: "last-event-id"),
            others: head.headers.filter { Self.otherNames.contains($0.name.lowercased()) }.map(\.value))
    }

    private func place(_ head: HTTPRequestHead) -> RequestPlace {
        RequestPlace(CredentialFields(head), peer: nil, by: RequestPlace.Rules())
    }

    @Test(arguments: [
        "", "Accept: text/event-stream\r\nUser-Agent: a (b; c)\r\nAccept-Language: de,en;q=0.5\r\n",
        "Last-Event-ID: 17-0a1b2c3d\r\n", "connection: Keep-Alive\r\n", "Origin: https://app.example\r\n",
        "Cookie: a=b; c=d\r\nSec-Fetch-Site: same-origin\r\n",
        "X-Forwarded-For: 192.0.2.1, 10.0.0.1\r\nForwarded: for=x\r\n",
        "X-Empty:\r\n", "traceparent:\t00-1\t\r\n",
    ]) func `a plain request is read directly`(_ fields: String) throws {
        let bytes = Array((Self.plain + fields + "\r\n").utf8)
        let parts = try #require(direct(bytes))
        #expect(parts.query == "board=main" && parts.host == "a.example:8080" && parts.token == "a.b.c")
        #expect(try usual(bytes) == parts)
    }

    @Test(arguments: [
        "Host: b\r\n", "Authorization: Bearer d\r\n", "Last-Event-ID: 1\r\nLast-Event-ID: 2\r\n",
        "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n", "Upgrade: websocket\r\nConnection: upgrade\r\n",
        "Connection: close\r\n", "Bad Name: x\r\n", "X: a\n", "X: \u{0}\r\n", "X: ü\r\n", " folded\r\n",
        "Last-Event-ID: \r\n",
    ]) func `whatever is unusual is left to the handlers of HTTP requests`(_ fields: String) {
        #expect(direct(Array((Self.plain + fields + "\r\n").utf8)) == nil)
    }

    @Test func `a part of a head, more than a head, and other requests are left too`() {
        let whole = Array((Self.plain + "\r\n").utf8)
        for count in 0..<whole.count { #expect(direct(Array(whole.prefix(count))) == nil) }
        #expect(direct(whole + Array("x".utf8)) == nil)
        for start in [
            "POST /sse/connect", "GET /sse/connect/", "GET //sse/connect", "GET /sse/stats", "get /sse/connect",
        ] {
            #expect(direct(Array("\(start) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\n\r\n".utf8)) == nil)
        }
        for host in ["", "a b", "a@b", "[::1]", "a:b", ":80", "a:80:80"] {
            #expect(
                direct(Array("GET /sse/connect HTTP/1.1\r\nHost: \(host)\r\nAuthorization: Bearer a\r\n\r\n".utf8))
                    == nil)
        }
    }

    /// Whatever is read directly is, to the usual handlers, the same request with the same parts.
    @Test func `both read the same, whatever the bytes`() throws {
        var dice = SplitMix(seed: 12)
        let pool = [
            "Host: a\r\n", "Host: a:1\r\n", "Authorization: Bearer x.y.z\r\n", "authorization:Bearer  x\r\n",
            "Authorization: Basic x\r\n", "Last-Event-ID: 5-00000001\r\n", "Cookie: boardcast=1\r\n",
            "Origin: null\r\n",
            "Connection: keep-alive\r\n", "X-Forwarded-Proto: https\r\n", "Accept: */*\r\n", "Content-Length: 0\r\n",
            "Transfer-Encoding: identity\r\n", "Expect: 100-continue\r\n", "X-Y: a:b\r\n", "\r\n",
        ]
        let alphabet = Array("\r\n :\t?&=%#/.aZ0\u{7F}Host".utf8) + [0x00, 0x0B, 0x80, 0xFF]
        var accepted = 0
        for _ in 0..<10_000 {
            var text =
                "GET /sse/connect" + ["", "?", "?board=main", "?a=%41&b"].randomElement(using: &dice)! + " HTTP/1.1\r\n"
            text += pool[Int.random(in: 0...2, using: &dice)]
            for _ in 0..<Int.random(in: 0...4, using: &dice) { text += pool.randomElement(using: &dice)! }
            var bytes = Array((text + "\r\n").utf8)
            for _ in 0..<Int.random(in: 0...2, using: &dice) {
                let index = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0..<3, using: &dice) {
                case 0: bytes[index] = alphabet.randomElement(using: &dice)!
                case 1: bytes.insert(alphabet.randomElement(using: &dice)!, at: index)
                default: bytes.remove(at: index)
                }
            }
            guard let parts = direct(bytes) else { continue }
            accepted += 1
            let found = try usual(bytes)
            #expect(found == parts, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
            if found != parts { break }
        }
        #expect(accepted > 300)
    }
}
