import Foundation

enum Environment {
    static var variables: [String: String] { ProcessInfo.processInfo.environment }

    /// Milliseconds since 1970.
    static var now: Int { Int(Date().timeIntervalSince1970 * 1000) }
}
