import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Why a call, or a stream, has failed.
public enum BoardcastError: Error, Sendable, Equatable {
    /// Not the URL of a server.
    case badURL
    /// There is no answer; another attempt may get one.
    case unreachable(String)
    /// The gateway has refused.
    case refused(Refusal)
    /// The gateway has ended the stream for good, with its reason: `admin`, `revoked`, …
    case ended(reason: String)
    /// The answer is not one of a gateway. Begins with what came instead.
    case notUnderstood(String)

    /// A refusal as the gateway puts it (RFC 9457).
    public struct Refusal: Sendable, Equatable {
        public let status: Int
        /// For programs: `invalid_token`, `version_mismatch`, …
        public let code: String
        /// For people.
        public let detail: String
        /// When to try again; nil where the gateway does not say.
        public let retryAfter: Duration?

        /// Whether the same call will be refused again.
        public var isFinal: Bool { [400, 401, 403, 404].contains(status) }
    }
}

extension BoardcastError.Refusal {
    private struct Problem: Decodable {
        struct Field: Decodable {
            let pointer: String
            let detail: String
        }
        let detail: String?
        let code: String?
        let errors: [Field]?
    }

    init(_ answer: HTTPClientResponse) async {
        status = Int(answer.status.code)
        let seconds = answer.headers.first(name: "retry-after").flatMap { Int($0) }
        retryAfter = seconds.map { .seconds(min(max(0, $0), 3600)) }
        let body = try? await answer.body.collect(upTo: 1 << 20)
        let problem = body.flatMap { try? JSONDecoder().decode(Problem.self, from: Data($0.readableBytesView)) }
        code = problem?.code ?? "refused"
        let fields = (problem?.errors ?? []).map { "\($0.pointer): \($0.detail)" }
        detail = ([problem?.detail ?? "The server answered \(status)."] + fields).joined(separator: " ")
    }
}
