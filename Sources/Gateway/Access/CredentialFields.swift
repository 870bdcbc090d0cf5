import HTTPTypes
import NIOHTTP1

/// The fields of a request from which credentials and origin are read, with every occurrence of each.
struct CredentialFields {
    /// Whether the method is GET or HEAD, which change nothing.
    let isReading: Bool
    let authorization: [String]
    let cookie: [String]
    let host: [String]
    let origin: [String]
    let fetchSite: [String]

    /// Whether it has any credentials.
    var hasAny: Bool { !authorization.isEmpty || cookie.contains { $0.contains(SessionCookie.name) } }

    init(_ request: HTTPRequest) {
        func values(_ name: HTTPField.Name) -> [String] { request.headerFields[fields: name].map(\.value) }
        isReading = request.method == .get || request.method == .head
        authorization = values(.authorization)
        cookie = values(.cookie)
        // The codec puts `Host` there.
        host = request.authority.map { [$0] } ?? []
        origin = values(.origin)
        fetchSite = values(.secFetchSite)
    }

    init(_ head: HTTPRequestHead) {
        isReading = head.method == .GET || head.method == .HEAD
        authorization = head.headers["authorization"]
        cookie = head.headers["cookie"]
        host = head.headers["host"]
        origin = head.headers["origin"]
        fetchSite = head.headers["sec-fetch-site"]
    }
}

extension HTTPField.Name {
    static let secFetchSite = Self("Sec-Fetch-Site")!
}
