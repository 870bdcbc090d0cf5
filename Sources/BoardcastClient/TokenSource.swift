import Foundation

/// The token, and where it comes from: asked once for all who wait, again before the token ends, and when it was refused.
actor TokenSource {
    private let source: @Sendable () async throws -> String
    private var current: String?
    private var staleAt = Date.distantPast
    private var asking: Task<String, any Error>?

    init(_ source: @escaping @Sendable () async throws -> String) { self.source = source }

    func get() async throws -> String {
        if let current, Date() < staleAt { return current }
        return try await renew()
    }

    func renew() async throws -> String {
        if let asking { return try await asking.value }
        let asking = Task { [source] in try await source() }
        self.asking = asking
        defer { self.asking = nil }
        do {
            let token = try await asking.value
            // Not for each call when the clock is wrong.
            staleAt = max(Self.end(of: token).addingTimeInterval(-30), Date().addingTimeInterval(10))
            current = token
            return token
        } catch {
            // The old one may still be good.
            guard let current else { throw error }
            return current
        }
    }

    func refuse(_ token: String) { if current == token { current = nil } }

    /// The token's `exp`, unverified.
    private static func end(of token: String) -> Date {
        struct Claims: Decodable { let exp: Double }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return .distantFuture }
        var text = parts[1].replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let claims = Data(base64Encoded: text).flatMap { try? JSONDecoder().decode(Claims.self, from: $0) }
        return claims.map { Date(timeIntervalSince1970: $0.exp) } ?? .distantFuture
    }
}
