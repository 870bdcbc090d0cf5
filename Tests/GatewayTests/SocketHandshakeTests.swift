import HTTPTypes
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

/// RFC 6455 §4.2: what opens a WebSocket, and what does not.
@Suite struct SocketHandshakeTests {
    private static let good = [
        ("Host", "x"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    private func open(
        _ changes: [String: String?] = [:], offer: SocketOffer = .none, isFromOurs: Bool = true
    ) throws(Problem) -> SocketHandshake {
        let fields = Self.good.compactMap { name, value in
            (changes[name] ?? value).map { (name, $0) }
        }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws/connect", headers: HTTPHeaders(fields))
        return try SocketHandshake(head, accepting: offer, isFromOurs: isFromOurs)
    }

    @Test func `the key of the RFC's example has the RFC's answer`() throws {
        let answer = String(buffer: try open().response)
        #expect(answer.hasPrefix("HTTP/1.1 101 "))
        #expect(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test func `bearer is selected where it is offered`() throws {
        let answer = String(buffer: try open(offer: try SocketOffer(["bearer, a.b.c"])).response)
        #expect(answer.contains("\r\nSec-WebSocket-Protocol: bearer\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
        #expect(!String(buffer: try open().response).contains("Sec-WebSocket-Protocol"))
    }

    @Test(
        arguments: [
            ([], nil, nil), (["x, y"], nil, nil), (["Bearer, a.b.c"], nil, nil), (["bearer"], nil, "bearer"),
            (["bearer, a.b.c"], "a.b.c", "bearer"), (["bearer", "a.b.c"], "a.b.c", "bearer"),
            (["v1,bearer,a.b.c"], "a.b.c", "bearer"), (["bearer, "], nil, "bearer"),
        ] as [([String], String?, String?)])
    func `a token stands after bearer`(fields: [String], token: String?, accepted: String?) throws {
        let offer = try SocketOffer(fields)
        #expect(offer.token.map(String.init) == token)
        #expect(offer.accepted == accepted)
    }

    @Test func `two tokens are none`() {
        #expect(throws: Problem.self) { try SocketOffer(["bearer, a.b.c, bearer, d.e.f"]) }
    }

    @Test(arguments: ["keep-alive, Upgrade", "upgrade", " UPGRADE ,x"])
    func `Connection is a list, in any case`(value: String) throws {
        _ = try open(["Connection": value])
    }

    @Test(arguments: [
        ("Upgrade", nil), ("Upgrade", "h2c"), ("Connection", nil), ("Connection", "keep-alive"),
        ("Sec-WebSocket-Version", nil), ("Sec-WebSocket-Version", "8"), ("Sec-WebSocket-Version", "13, 8"),
    ])
    func `what is no handshake of version 13 is told what to do`(name: String, value: String?) {
        do throws(Problem) {
            _ = try open([name: value])
            Issue.record("opened")
        } catch {
            #expect(error.status.code == 426)
        }
    }

    @Test(arguments: [
        nil, "", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZ===",
        "dGhlIHNhbXBsZSBub25j*Q==", "dGhlIHNhbXBsZSBub25jZQ== ",
    ])
    func `a key is 16 bytes in base64`(key: String?) {
        do throws(Problem) {
            _ = try open(["Sec-WebSocket-Key": key])
            Issue.record("opened")
        } catch {
            #expect(error.status.code == 400)
        }
    }

    @Test func `another's page may not open one`() {
        do throws(Problem) {
            _ = try open(isFromOurs: false)
            Issue.record("opened")
        } catch {
            #expect(error.status.code == 403)
        }
    }
}
