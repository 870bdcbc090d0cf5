import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Text

/// A document fetched from the web, unparsed.
public struct WebDocument: Sendable {
    /// Its body.
    public let bytes: [UInt8]
    /// Its `Cache-Control`, empty when it has none.
    public let cacheControl: String

    /// Fetches the document at `url` without any credentials; any status but 200 is a failure.
    ///
    /// - Parameters:
    ///   - accept: the accepted media types.
    ///   - longest: the most bytes that it may have.
    ///   - patience: how long it may take as a whole.
    /// - Throws: ``Failure`` of unreachable, in words that quote nothing of the answer.
    public static func fetch(
        _ url: String, accept: String, upTo longest: Int, within patience: Duration
    ) async throws(Failure) -> WebDocument {
        do {
            return try await withThrowingTaskGroup(of: WebDocument.self) { group in
                group.addTask { try await fetch(url, accept: accept, upTo: longest) }
                group.addTask {
                    try await Task.sleep(for: patience)
                    throw Failure(.unreachable, "no whole answer in \(patience.text)")
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                return first
            }
        } catch let failure as Failure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw Failure(.unreachable, "the answer is longer than \(longest) bytes")
        } catch {
            throw Failure(.unreachable, NetworkProblem.words(for: error))
        }
    }

    private static func fetch(_ url: String, accept: String, upTo longest: Int) async throws -> WebDocument {
        var request = HTTPClientRequest(url: url)
        request.headers = ["Accept": accept, "User-Agent": "boardcast"]
        let response = try await HTTPClients.calls.execute(request, timeout: .seconds(30))
        guard response.status == .ok else {
            throw Failure(.unreachable, "the answer is \(response.status.code)")
        }
        let bytes = Array(buffer: try await response.body.collect(upTo: longest))
        let cacheControl = response.headers[canonicalForm: "cache-control"].joined(separator: ",")
        return WebDocument(bytes: bytes, cacheControl: cacheControl)
    }
}
