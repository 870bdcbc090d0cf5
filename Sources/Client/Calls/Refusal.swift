import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StrictJSON
import Text

/// An answer that is not what was asked for: its status, and the detail and errors of its problem (RFC 9457).
struct Refusal {
    let status: Int
    /// Printable, as ``reasons`` are.
    let detail: String
    /// What is wrong with each member of the body or query, such as `/type must be a dotted name`; the first of many.
    let reasons: [String]
    /// The server's `Retry-After`, at most an hour; nil without one.
    let retryAfter: Duration?

    /// Reads the problem from the answer.
    init(_ response: HTTPClientResponse) async {
        status = Int(response.status.code)
        let seconds = response.headers.first(name: "retry-after").flatMap { Int($0) }
        retryAfter = seconds.map { .seconds(min(max(0, $0), 3600)) }
        let body = try? await response.body.collect(upTo: 1 << 20)
        let problem = body.flatMap { try? JSONParser.parse(Array(buffer: $0)).object }
        detail = (problem?["detail"]?.string ?? "the server answers \(response.status)").printable
        reasons = (problem?["errors"]?.array ?? []).prefix(Self.mostReasons).compactMap(\.object).map { error in
            let words = [error["pointer"]?.string, error["detail"]?.string].compactMap { $0 }.filter { !$0.isEmpty }
            return words.joined(separator: " ").printable
        }
    }

    /// Its detail, and each reason on a line of its own.
    var failure: Failure {
        Failure(Failure.Kind(status: status), ([detail] + reasons).joined(separator: "\n  "))
    }

    /// As many as are of use to somebody who reads them at a terminal.
    private static let mostReasons = 8
}
