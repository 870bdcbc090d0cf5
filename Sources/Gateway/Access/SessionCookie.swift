import HTTPTypes
import Text
import Tokens

/// The cookie `boardcast_session`: a token that a browser sends by itself, so that its own EventSource can.
enum SessionCookie {
    static let name = "boardcast_session"
    /// The longest cookie that every browser keeps, name, value and attributes together (RFC 6265 §6.1).
    private static let longest = 4096

    /// A `Set-Cookie` that keeps `token` (RFC 6265 §4.1).
    ///
    /// - Parameters:
    ///   - seconds: how long the token is valid.
    ///   - isSecure: false on loopback alone, where there is no TLS.
    /// - Throws: ``Problem`` 400 for a token that a browser would not keep.
    static func keeping(_ token: Substring, seconds: Int, isSecure: Bool) throws(Problem) -> String {
        let cookie = text(token, seconds: max(0, seconds), isSecure: isSecure)
        guard cookie.utf8.count <= longest else {
            throw Problem(
                .badRequest, "token_too_long", "The token is too long for a cookie, of which browsers keep 4096 bytes.")
        }
        return cookie
    }

    /// A `Set-Cookie` that removes the cookie.
    static func removing(isSecure: Bool) -> String { text("", seconds: 0, isSecure: isSecure) }

    /// The cookie's value, nil when it was not sent.
    ///
    /// Strict (RFC 6265 §4.2.1) when it was: two readers must not find two tokens in one header.
    /// - Throws: ``Problem`` 401.
    static func value(in headers: [String]) throws(Problem) -> Substring? {
        guard headers.contains(where: { $0.contains(name) }) else { return nil }
        guard headers.count == 1 else { throw .unauthorized("there is more than one Cookie header") }
        var value: Substring?
        for pair in headers[0].utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).enumerated() {
            // One space follows each semicolon.
            let text = pair.offset == 0 ? pair.element : pair.element.dropFirst()
            guard pair.offset == 0 || pair.element.first == UInt8(ascii: " "),
                let equals = text.firstIndex(of: UInt8(ascii: "=")), isName(text[..<equals]),
                isValue(text[text.index(after: equals)...])
            else { throw .unauthorized("the Cookie header is not as RFC 6265 has it") }
            guard text[..<equals].elementsEqual(name.utf8) else { continue }
            guard value == nil else { throw .unauthorized("the cookie \(name) was sent twice") }
            value = Substring(text[text.index(after: equals)...])
        }
        return value
    }

    private static func text(_ value: Substring, seconds: Int, isSecure: Bool) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
    }

    /// A token of RFC 9110 §5.6.2.
    private static func isName(_ text: Substring.UTF8View) -> Bool {
        !text.isEmpty
            && text.allSatisfy { $0.isASCIIAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains($0) }
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
