/// Stands for the key that a token was verified with: the beginning of the key's digest, which tells nothing of the key.
public struct SigningKeyID: Sendable, Hashable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
}
