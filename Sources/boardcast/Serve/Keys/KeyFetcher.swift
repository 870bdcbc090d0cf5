import Client
import ServerSettings
import Tokens

/// Fetches JWK sets, by way of a discovery document where the URL has one: 5 s in all, 1 MiB each at most, no redirect,
/// and any status but 200 is a failure.
struct KeyFetcher: Sendable {
    struct Answer: Sendable {
        let keys: [TokenKey]
        let skipped: [KeyList.Skipped]
        let bytes: [UInt8]
        /// Where a discovery document said that the keys are.
        let place: KeyPlace?
        let maxAge: Duration?
    }

    static let patience: Duration = .seconds(5)
    static let longest = 1 << 20

    /// - Parameter known: where the keys were the last time, to go there without a look at the discovery document.
    /// - Throws: ``Failure`` with why there are no keys, in words that quote nothing of the answer but an issuer.
    func fetch(_ source: KeyURL, at known: KeyPlace? = nil) async throws(Failure) -> Answer {
        let end = ContinuousClock.now + Self.patience
        var document = try await fetch(known?.url ?? source.url, until: end)
        var place = known
        if known == nil {
            do { place = try source.keyPlace(in: document.bytes) } catch {
                throw Failure(.unreachable, error.description)
            }
            if let place { document = try await fetch(place.url, until: end) }
        }
        do throws(KeyError) {
            let list = try KeyList(json: document.bytes)
            return Answer(
                keys: try source.usable(list), skipped: list.skipped, bytes: document.bytes, place: place,
                maxAge: RefreshSchedule.maxAge(inCacheControl: document.cacheControl))
        } catch {
            throw Failure(.unreachable, error.description)
        }
    }

    private func fetch(_ url: String, until end: ContinuousClock.Instant) async throws(Failure) -> WebDocument {
        try await WebDocument.fetch(
            url, accept: "application/jwk-set+json, application/json", upTo: Self.longest, within: end - .now)
    }
}
