import HTTPTypes
import NIOHTTP1
import Text

/// The rules that a request's head must keep before it is handled: among them one host and one length.
///
/// The decoder accepts some heads that RFC 9112 forbids; heads that two programs read differently allow request
/// smuggling.
struct RequestRules: Sendable {
    let maxBodyBytes: Int
    let maxImportBytes: Int
    /// What stands before our paths in clients' URLs.
    let prefix: String

    init(maxBodyBytes: Int, maxImportBytes: Int = GatewaySettings().maxImportBytes, prefix: String = "") {
        (self.maxBodyBytes, self.maxImportBytes, self.prefix) = (maxBodyBytes, maxImportBytes, prefix)
    }

    /// A request as it is handled: with its target in the one form that ``RequestTarget`` gives it.
    ///
    /// - Throws: ``Problem``, why it is refused, which also ends its connection.
    func accepted(_ head: HTTPRequestHead) throws(Problem) -> HTTPRequestHead {
        // The bytes after a CONNECT are not requests (RFC 9110 §9.3.6).
        if head.method == .CONNECT { throw .methodUnknown }
        if let problem = host(of: head) { throw problem }
        guard let target = RequestTarget(head.uri, prefix: prefix) else {
            throw Problem(.badTarget, "The target must be a path, or an http URL with a host.")
        }
        if target.isPrefixAlone, head.method == .GET || head.method == .HEAD {
            let place = prefix + target.uri
            throw Problem(.moved, "The page is at \(prefix)/.").with(.location, place)
        }
        let head = head.with(target)
        if let problem = coding(of: head) ?? length(of: head) { throw problem }
        return head
    }

    /// RFC 9112 §3.2.
    private func host(of head: HTTPRequestHead) -> Problem? {
        let hosts = head.headers["host"]
        if hosts.isEmpty, head.version == .http1_0 { return nil }
        guard hosts.count == 1, Self.isHost(hosts[0]) else {
            return Problem(.badHost, "Send one Host header, with a name or an address, and its port.")
        }
        return nil
    }

    /// RFC 9112 §6.1, §6.3.
    private func coding(of head: HTTPRequestHead) -> Problem? {
        let codings = head.headers["transfer-encoding"]
        guard !codings.isEmpty else { return nil }
        guard head.version != .http1_0 else { return .badFraming("HTTP/1.0 has no Transfer-Encoding.") }
        guard !head.headers.contains(name: "content-length") else {
            return .badFraming("Send Content-Length or Transfer-Encoding, not both.")
        }
        guard codings.count == 1, codings[0].lowercased() == "chunked" else {
            return Problem(.transferCoding, "Transfer-Encoding may only be chunked.")
        }
        return nil
    }

    /// RFC 9112 §6.2, §6.3.
    private func length(of head: HTTPRequestHead) -> Problem? {
        let lengths = head.headers["content-length"]
        guard !lengths.isEmpty else { return nil }
        guard lengths.count == 1, lengths[0].utf8.allSatisfy(\.isASCIIDigit), let length = Int(lengths[0]) else {
            return .badFraming("Send one Content-Length, in digits.")
        }
        let limit = bodyLimit(of: head)
        return length > limit.bytes ? limit.problem : nil
    }

    /// How many bytes a request's body may have.
    struct BodyLimit {
        var bytes = 0
        /// Whether it is that of files.
        var isForFiles = false

        /// The refusal of a longer one, which names the setting of files.
        var problem: Problem { isForFiles ? .fileTooLarge : .bodyTooLarge }
    }

    /// A file in a form has some bytes around it.
    func bodyLimit(of head: HTTPRequestHead) -> BodyLimit {
        if head.method == QueryMethod.method { return BodyLimit(bytes: min(maxBodyBytes, QueryMethod.mostBytes)) }
        let path = head.uri.utf8.prefix(while: { $0 != UInt8(ascii: "?") })
        let isImport = head.method == .POST && path.elementsEqual(ImportCalls.path.description.utf8)
        guard isImport else { return BodyLimit(bytes: maxBodyBytes) }
        let around = FormFile.isForm(head.headers.first(name: "content-type")) ? FormFile.around : 0
        return BodyLimit(bytes: maxImportBytes + around, isForFiles: true)
    }

    /// `uri-host [ ":" port ]` (RFC 9110 §7.2, RFC 3986 §3.2.2); the name may be empty.
    static func isHost(_ text: String) -> Bool {
        guard let parts = HostAndPort(text[...]), parts.port?.utf8.allSatisfy(\.isASCIIDigit) != false else {
            return false
        }
        guard let address = parts.bracketed else { return parts.host.utf8.allSatisfy(\.isInName) }
        return !address.isEmpty && address.utf8.allSatisfy { $0.isInName || $0 == UInt8(ascii: ":") }
    }
}

extension HTTPRequestHead {
    /// Whether the request offers an upgrade: after it the decoder takes all bytes for another protocol's (RFC 9110
    /// §7.8).
    var offersUpgrade: Bool {
        headers.contains(name: "upgrade")
            && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// Whether it announces a body that its client holds back until `100 Continue`; HTTP/1.0 does not know that.
    var holdsBodyBack: Bool {
        guard version != .http1_0, headers.contains(name: "expect") else { return false }
        let hasBody = headers.contains(name: "transfer-encoding") || headers["content-length"].first ?? "0" != "0"
        return hasBody && headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    }
}

extension Problem {
    static func badFraming(_ detail: String) -> Problem { Problem(.badFraming, detail) }
    static let tooSlow = Problem(.requestTimeout, "The request did not come in time.")
    static let headTooLarge = Problem(
        .headersTooLarge, "The request's head is larger than we take.")
    static let badRequest = Problem(.badRequest, "This is not HTTP/1.1 as RFC 9112 has it.")
}

extension UInt8 {
    /// unreserved, pct-encoded or sub-delims of RFC 3986.
    fileprivate var isInName: Bool {
        isASCIIAlphanumeric || "-._~%!$&'()*+,;=".utf8.contains(self)
    }
}
