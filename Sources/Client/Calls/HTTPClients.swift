import AsyncHTTPClient
import NIOCore

/// The process's HTTP clients.
///
/// They follow no redirect, so that a token goes nowhere else, and are never shut down: they live as long as the process.
enum HTTPClients {
    /// For calls, whose answers go on coming: 30 s without a byte end one.
    static let calls = make(readTimeout: .seconds(30))
    /// For streams, which may be silent for as long as their readers have patience.
    static let streams = make(readTimeout: nil)

    private static func make(readTimeout: TimeAmount?) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(10), read: readTimeout)
        return HTTPClient(configuration: configuration)
    }
}
