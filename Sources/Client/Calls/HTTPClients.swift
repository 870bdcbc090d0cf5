import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL

/// The process's HTTP clients.
///
/// They follow no redirect, so that a token is sent to no other server, and are never shut down: they live as long as
/// the process.
enum HTTPClients {
    /// For calls: one whose answer stalls for 30 s fails.
    static let calls = make(readTimeout: .seconds(30))
    /// For streams: their readers decide how long silence may last.
    static let streams = make(readTimeout: nil)

    /// Trusts the system's certificates; or those of the file that `SSL_CERT_FILE` names, as OpenSSL has it.
    static let tls: TLSConfiguration = {
        var configuration = TLSConfiguration.makeClientConfiguration()
        let file = ProcessInfo.processInfo.environment["SSL_CERT_FILE"] ?? ""
        if !file.isEmpty { configuration.trustRoots = .file(file) }
        return configuration
    }()

    private static func make(readTimeout: TimeAmount?) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(10), read: readTimeout)
        configuration.tlsConfiguration = tls
        // A refused connection is an answer. Those who want to wait for a server try again themselves, and say so.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(configuration: configuration)
    }
}
