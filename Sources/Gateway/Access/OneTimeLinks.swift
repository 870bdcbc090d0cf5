import Synchronization

/// The links of `serve --dev`: a code stands for a token, once, and is replaced by another then. Only the newest code
/// counts.
public final class OneTimeLinks: Sendable {
    private static let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789")
    /// 31¹⁰ codes: nobody guesses one in the life of a process.
    private static let length = 10

    private let token: String
    private let replaced: @Sendable (_ code: String) -> Void
    private let newest: Mutex<String>

    /// - Parameter replaced: called with the next code when one was used, on any thread.
    public init(token: String, replaced: @escaping @Sendable (_ code: String) -> Void) {
        (self.token, self.replaced) = (token, replaced)
        newest = Mutex(Self.makeCode())
    }

    /// The one that counts.
    public var code: String { newest.withLock { $0 } }

    /// The token, if `code` is the newest one.
    func use(_ code: String) -> String? {
        let next = newest.withLock { newest -> String? in
            guard newest == code else { return nil }
            newest = Self.makeCode()
            return newest
        }
        guard let next else { return nil }
        replaced(next)
        return token
    }

    private static func makeCode() -> String {
        var random = SystemRandomNumberGenerator()
        return String((0..<length).map { _ in alphabet.randomElement(using: &random)! })
    }
}
