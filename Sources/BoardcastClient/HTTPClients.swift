import AsyncHTTPClient
import NIOCore

/// The process's HTTP clients. They follow no redirect, and live as long as the process.
enum HTTPClients {
    /// For calls: one whose answer stalls for 15 s fails.
    static let calls = make(readTimeout: .seconds(15))
    /// For streams, whose reader decides how long silence may last.
    static let streams = make(readTimeout: nil)

    private static func make(readTimeout: TimeAmount?) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(10), read: readTimeout)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(configuration: configuration)
    }
}
