import HTTPTypes
import NIOCore
import NIOHTTP1
import StrictJSON
import Tokens

/// A valid opening handshake of a WebSocket (RFC 6455 §4.2.1), from a page that is allowed to open one.
struct SocketHandshake {
    private let accept: String
    private let subprotocol: String?

    /// - Parameters:
    ///   - offer: the subprotocols that the client offers.
    ///   - isFromOurs: whether the `Origin`, if there is one, is our own or allowed.
    /// - Throws: ``Problem`` 426 when it is not a handshake of version 13, 400 for an invalid one, 403 for another
    ///   site's page.
    init(_ head: HTTPRequestHead, accepting offer: SocketOffer, isFromOurs: Bool) throws(Problem) {
        guard head.headers.lists("websocket", in: "upgrade"), head.headers.lists("upgrade", in: "connection") else {
            throw Self.upgradeRequired("This path speaks WebSocket: connect with Upgrade: websocket.")
        }
        guard head.headers["sec-websocket-version"] == ["13"] else {
            throw Self.upgradeRequired("Only version 13 of the WebSocket protocol is spoken here.")
        }
        let keys = head.headers["sec-websocket-key"]
        guard keys.count == 1, Self.isKey(keys[0]), head.headers["host"].count == 1 else {
            throw Problem(
                .badHandshake, "Sec-WebSocket-Key must be 16 bytes in base64, once, beside one Host.")
        }
        guard isFromOurs else {
            throw Problem(
                .originForbidden,
                "Pages of this origin may not connect; see http.publicURL, http.trustedProxies and http.corsOrigins.")
        }
        subprotocol = offer.accepted
        accept = Self.base64(sha1(Array((keys[0] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// The answer that opens the WebSocket; frames follow it.
    var response: ByteBuffer {
        ByteBuffer(
            string: """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: \(accept)\r
                \(subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? "")\r

                """)
    }

    private static func upgradeRequired(_ detail: String) -> Problem {
        Problem(.upgradeRequired, detail)
            .with(.upgrade, "websocket").with(.secWebSocketVersion, "13")
    }

    /// Whether `text` is base64 of 16 bytes: 22 characters and two `=`.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 24 && bytes.suffix(2).allSatisfy { $0 == UInt8(ascii: "=") }
            && bytes.prefix(22).allSatisfy { base64Letters.contains($0) }
    }

    private static let base64Letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Base64 (RFC 4648 §4) of 20 bytes, which ends with one `=`.
    private static func base64(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes).replacing("-", with: "+").replacing("_", with: "/")
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }
}

extension HTTPHeaders {
    /// Whether `token` is in the comma-separated list of a field; case is ignored.
    fileprivate func lists(_ token: String, in field: String) -> Bool {
        self[canonicalForm: field].contains { $0.lowercased() == token }
    }
}

extension HTTPField.Name {
    static let upgrade = Self("Upgrade")!
    static let secWebSocketVersion = Self("Sec-WebSocket-Version")!
}
