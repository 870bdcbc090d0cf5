import HTTPTypes
import NIOHTTP1

/// The fields of a request from which credentials, origin and place are read, with every occurrence of each.
struct CredentialFields {
    /// Whether the method is GET or HEAD, which change nothing.
    let isReading: Bool
    let authorization: [String]
    let cookie: [String]
    let host: [String]
    let origin: [String]
    let fetchSite: [String]
    let forwarded: ForwardedFields

    /// Whether it has any credentials.
    var hasAny: Bool { !authorization.isEmpty || SessionCookie.isIn(cookie) }

    init(
        isReading: Bool, authorization: [String], cookie: [String], host: [String], origin: [String],
        fetchSite: [String], forwarded: ForwardedFields
    ) {
        (self.isReading, self.authorization, self.cookie) = (isReading, authorization, cookie)
        (self.host, self.origin, self.fetchSite, self.forwarded) = (host, origin, fetchSite, forwarded)
    }

    init(_ request: HTTPRequest) {
        func values(_ name: HTTPField.Name) -> [String] { request.headerFields[fields: name].map(\.value) }
        isReading = request.method == .get || request.method == .head
        authorization = values(.authorization)
        cookie = values(.cookie)
        // The codec puts `Host` there.
        host = request.authority.map { [$0] } ?? []
        origin = values(.origin)
        fetchSite = values(.secFetchSite)
        forwarded = ForwardedFields(
            addresses: values(.xForwardedFor), hosts: values(.xForwardedHost), schemes: values(.xForwardedProto),
            prefixes: values(.xForwardedPrefix), elements: values(.forwarded))
    }

    init(_ head: HTTPRequestHead) {
        isReading = head.method == .GET || head.method == .HEAD
        authorization = head.headers["authorization"]
        cookie = head.headers["cookie"]
        host = head.headers["host"]
        origin = head.headers["origin"]
        fetchSite = head.headers["sec-fetch-site"]
        forwarded = ForwardedFields(
            addresses: head.headers["x-forwarded-for"], hosts: head.headers["x-forwarded-host"],
            schemes: head.headers["x-forwarded-proto"], prefixes: head.headers["x-forwarded-prefix"],
            elements: head.headers["forwarded"])
    }
}

extension HTTPField.Name {
    static let secFetchSite = Self("Sec-Fetch-Site")!
    static let xForwardedFor = Self("X-Forwarded-For")!
    static let xForwardedHost = Self("X-Forwarded-Host")!
    static let xForwardedProto = Self("X-Forwarded-Proto")!
    static let xForwardedPrefix = Self("X-Forwarded-Prefix")!
    static let forwarded = Self("Forwarded")!
}
