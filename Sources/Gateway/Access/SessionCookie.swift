import HTTPTypes
import Text
import Tokens

/// The cookie `boardcast_session`: a token that a browser sends by itself, so that its own EventSource can.
enum SessionCookie {
    static let name = "boardcast_session"
    /// The longest cookie that every browser keeps, name, value and attributes together (RFC 6265 §6.1).
    static let longest = 4096

    /// A `Set-Cookie` that keeps `token` (RFC 6265 §4.1).
    ///
    /// - Parameters:
    ///   - seconds: how long the token is valid.
    ///   - place: whose prefix and TLS the cookie is bound to.
    /// - Throws: ``Problem`` 400 for a token that a browser would not keep.
    static func keeping(_ token: Substring, seconds: Int, at place: RequestPlace) throws(Problem) -> String {
        let cookie = text(token, seconds: max(0, seconds), place)
        guard cookie.utf8.count <= longest else {
            throw Problem(
                .tokenTooLong, "The token is too long for a cookie, of which browsers keep 4096 bytes.")
        }
        return cookie
    }

    /// A `Set-Cookie` that removes the cookie.
    static func removing(at place: RequestPlace) -> String { text("", seconds: 0, place) }

    /// Whether the cookie was sent, well-formed or not.
    static func isIn(_ headers: [String]) -> Bool {
        headers.contains { $0.contains(name) } && !parts(of: headers).isEmpty
    }

    /// The cookie's value, nil when it was not sent.
    ///
    /// Other applications' cookies may be of any form; this one must be as RFC 6265 §4.2.1 has it, and be there once:
    /// two readers must not find two tokens.
    /// - Throws: ``Problem`` 401.
    static func value(in headers: [String]) throws(Problem) -> Substring? {
        guard headers.contains(where: { $0.contains(name) }) else { return nil }
        let parts = parts(of: headers)
        guard let part = parts.first else { return nil }
        guard parts.count == 1 else { throw .unauthorized("the cookie \(name) was sent twice") }
        guard let equals = part.firstIndex(of: UInt8(ascii: "=")), part[..<equals].elementsEqual(name.utf8),
            isValue(part[part.index(after: equals)...])
        else { throw .unauthorized("the cookie \(name) is not as RFC 6265 has it") }
        return Substring(part[part.index(after: equals)...])
    }

    /// The parts between semicolons whose name is ours, without the blanks around them.
    private static func parts(of headers: [String]) -> [Substring.UTF8View] {
        func trim(_ text: Substring.UTF8View) -> Substring.UTF8View {
            let blanks: Set = [UInt8(ascii: " "), UInt8(ascii: "\t")]
            let start = text.drop { blanks.contains($0) }
            return start.lastIndex { !blanks.contains($0) }.map { start[...$0] } ?? start.prefix(0)
        }
        return headers.flatMap { $0.utf8.split(separator: UInt8(ascii: ";")) }.map(trim).filter { part in
            trim(part.prefix { $0 != UInt8(ascii: "=") }).elementsEqual(name.utf8)
        }
    }

    private static func text(_ value: Substring, seconds: Int, _ place: RequestPlace) -> String {
        let path = place.prefix.isEmpty ? "/" : place.prefix
        let secure = place.needsSecureCookie ? "; Secure" : ""
        return "\(name)=\(value); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=Strict\(secure)"
    }

    /// Cookie-octets, perhaps all of them in quotation marks.
    private static func isValue(_ text: Substring.UTF8View) -> Bool {
        let quote = UInt8(ascii: "\"")
        let isQuoted = text.count >= 2 && text.first == quote && text.last == quote
        return (isQuoted ? text.dropFirst().dropLast() : text).allSatisfy { byte in
            0x21...0x7E ~= byte && byte != quote && !",;\\".utf8.contains(byte)
        }
    }
}
