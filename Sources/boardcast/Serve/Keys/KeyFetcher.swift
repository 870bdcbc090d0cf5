import Client
import ServerSettings
import Tokens

/// Fetches JWK sets: 5 s and 1 MiB at most, no redirect, and any status but 200 is a failure.
struct KeyFetcher: Sendable {
    struct Answer: Sendable {
        let keys: [TokenKey]
        let bytes: [UInt8]
        let maxAge: Duration?
    }

    static let patience: Duration = .seconds(5)
    private static let longest = 1 << 20

    /// - Throws: ``Failure`` with why there are no keys, in words that quote nothing of the answer.
    func fetch(_ source: KeyURL) async throws(Failure) -> Answer {
        let document = try await WebDocument.fetch(
            source.url, accept: "application/jwk-set+json, application/json", upTo: Self.longest, within: Self.patience)
        do throws(KeyError) {
            return Answer(
                keys: try source.keys(in: document.bytes), bytes: document.bytes,
                maxAge: RefreshSchedule.maxAge(inCacheControl: document.cacheControl))
        } catch {
            throw Failure(.unreachable, error.description)
        }
    }
}
