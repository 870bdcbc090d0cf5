import AsyncHTTPClient
import CommandLineTools
import NIOCore
import NIOHTTP1
import Tokens

/// Fetches JWK sets: 5 s and 1 MiB at most, no redirect, and 200 is the only answer that counts.
struct KeyFetcher: Sendable {
    struct Answer: Sendable {
        let keys: [TokenKey]
        let bytes: [UInt8]
        let maxAge: Duration?
    }

    /// Why there are no keys, in words that quote nothing of the answer.
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    static let patience: Duration = .seconds(5)
    private static let longest = 1 << 20

    /// Is never shut down: it lives as long as the process.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(5))
        return HTTPClient(configuration: configuration)
    }()

    func fetch(_ source: KeyURL) async throws(Failed) -> Answer {
        do {
            return try await withThrowingTaskGroup(of: Answer.self) { group in
                group.addTask { try await answer(of: source) }
                group.addTask {
                    try await Task.sleep(for: Self.patience)
                    throw Failed(description: "no whole answer in \(Self.patience.text)")
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                return first
            }
        } catch let error as Failed {
            throw error
        } catch let error as KeyError {
            throw Failed(description: error.description)
        } catch is NIOTooManyBytesError {
            throw Failed(description: "the answer is longer than \(Self.longest) bytes")
        } catch {
            throw Failed(description: Remote.words(for: error))
        }
    }

    private func answer(of source: KeyURL) async throws -> Answer {
        var request = HTTPClientRequest(url: source.url)
        request.headers = ["Accept": "application/jwk-set+json, application/json", "User-Agent": "boardcast"]
        let response = try await Self.client.execute(request, timeout: .seconds(5))
        guard response.status == .ok else { throw Failed(description: "the answer is \(response.status.code)") }
        let bytes = Array(buffer: try await response.body.collect(upTo: Self.longest))
        let maxAge = RefreshSchedule.maxAge(
            inCacheControl: response.headers[canonicalForm: "cache-control"].joined(separator: ","))
        return Answer(keys: try source.keys(in: bytes), bytes: bytes, maxAge: maxAge)
    }
}
