/// What administrators are told of the client at the other end of a connection, to tell connections apart by.
public struct ClientLabel: Sendable, Equatable {
    /// Where it is; nil where that is not known.
    public let address: String?
    /// What it calls itself (`User-Agent`, RFC 9110 §10.1.5), cut to ``longestAgent`` characters; nil if it does not say.
    public let agent: String?

    public static let longestAgent = 200

    public init(address: String? = nil, agent: String? = nil) {
        self.address = address
        self.agent = agent.flatMap { $0.isEmpty ? nil : String($0.prefix(Self.longestAgent)) }
    }
}
