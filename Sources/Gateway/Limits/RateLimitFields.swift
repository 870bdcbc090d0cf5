import HTTPTypes
import Text

/// A decision as the fields `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11 §3 and §4).
struct RateLimitFields {
    /// `"writes";q=400;w=2`: the whole burst, and the seconds in which as many are allowed again.
    let policy: String
    /// `"writes";r=399;t=2`: the remaining calls, and the seconds in which no more than these should be made, so that the
    /// client never goes faster than the limit (§6); when none remain, the seconds until the next call.
    let state: String

    init(_ name: String, _ limit: RateLimit, _ decision: RateLimit.Decision) {
        func window(_ calls: Int) -> Int { max(1, (calls + limit.perSecond - 1) / limit.perSecond) }
        policy = "\"\(name)\";q=\(limit.burst);w=\(window(limit.burst))"
        state =
            switch decision {
            case .allowed(let remaining): "\"\(name)\";r=\(remaining);t=\(window(remaining))"
            case .refused(let time): "\"\(name)\";r=0;t=\(time.secondsToWait)"
            }
    }

    func add(to headers: inout HTTPFields) {
        headers[.rateLimitPolicy] = policy
        headers[.rateLimit] = state
    }
}

extension Problem {
    /// 429, with the whole seconds to wait.
    static func rateLimited(_ what: String, for wait: Duration) -> Problem {
        Problem(.rateLimited, "\(what); wait as long as Retry-After says.")
            .with(.retryAfter, String(wait.secondsToWait))
    }
}

extension Duration {
    /// Rounded up, and never none.
    fileprivate var secondsToWait: Int { max(1, wholeSecondsUp) }
}

extension HTTPField.Name {
    static let rateLimit = Self("RateLimit")!
    static let rateLimitPolicy = Self("RateLimit-Policy")!
}
