public import Events

/// A client's name for a write: sending the write again under the same key does nothing and gets the first answer. Also
/// the event's `op`.
public struct IdempotencyKey: Sendable, Hashable {
    /// How long an answer is kept: 24 h.
    public static let lifetime = Duration.seconds(86_400)

    public let key: String
    /// A digest of the call and its body, a SHA-256 for example. Another digest under the same key is another write.
    public let fingerprint: [UInt8]
    /// The same write's digest as earlier versions made it; nil when it is the same. Their answers count as well.
    public let earlierFingerprint: [UInt8]?

    /// Nil unless `key` is 1 to 128 bytes without control characters.
    public init?(_ key: String, fingerprint: [UInt8], earlierFingerprint: [UInt8]? = nil) {
        guard 1...128 ~= key.utf8.count, key.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        self.key = key
        self.fingerprint = fingerprint
        self.earlierFingerprint = earlierFingerprint
    }

    /// Whether `answer` was given to this write.
    func isOf(_ answer: Answer) -> Bool {
        answer.fingerprint == fingerprint || answer.fingerprint == earlierFingerprint
    }
}

/// The first answer to an ``IdempotencyKey``, as a store keeps it for one user of one tenant.
public struct Answer: Sendable, Equatable {
    public let fingerprint: [UInt8]
    /// When it was given.
    public let at: Timestamp
    /// ``Commit/bytes``.
    public let commit: [UInt8]

    public init(fingerprint: [UInt8], at: Timestamp, commit: [UInt8]) {
        self.fingerprint = fingerprint
        self.at = at
        self.commit = commit
    }
}
