import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix

/// Errors of the network, in words for people.
enum NetworkProblem {
    /// What went wrong, in a few words.
    static func words(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription.lowercased()
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words(for: $0.error) } ?? "no address for this name"
        default: "\(error)"
        }
    }
}
