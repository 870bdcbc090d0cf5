import HTTPTypes
import StrictJSON

/// Where clients that follow RFC 9728 find who gives tokens for us.
enum ResourceMetadata {
    static let path: PathPattern = "/.well-known/oauth-protected-resource"

    /// Names it in the challenge of a 401 (RFC 9728 §5.1), as the client of a request at `place` sees us.
    static func name(in headers: inout HTTPFields, at place: RequestPlace) {
        guard let challenge = headers[.wwwAuthenticate], let url = place.url else { return }
        headers[.wwwAuthenticate] = "\(challenge), resource_metadata=\"\(url)\(path)\""
    }
}

extension RequestPlace {
    /// Our URL as the client sees it, without a slash at its end; nil when it is not known, or stands in no header.
    var url: String? {
        guard let authority else { return nil }
        let url = "\(isSecure == true ? "https" : "http")://\(authority)\(prefix)"
        return url.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            ? url : nil
    }
}
