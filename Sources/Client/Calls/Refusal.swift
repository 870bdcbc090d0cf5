import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StrictJSON

/// An answer that is not what was asked for: its status, and the detail of its problem (RFC 9457).
struct Refusal {
    let status: Int
    let detail: String
    /// The server's `Retry-After`, at most an hour; nil without one.
    let retryAfter: Duration?

    /// Reads the problem from the answer.
    init(_ response: HTTPClientResponse) async {
        status = Int(response.status.code)
        let seconds = response.headers.first(name: "retry-after").flatMap { Int($0) }
        retryAfter = seconds.map { .seconds(min(max(0, $0), 3600)) }
        let body = try? await response.body.collect(upTo: 1 << 20)
        let problem = body.flatMap { try? JSONParser.parse(Array(buffer: $0)).object }
        detail = problem?["detail"]?.string ?? "the server answers \(response.status)"
    }

    var failure: Failure { Failure(Failure.Kind(status: status), detail) }
}
