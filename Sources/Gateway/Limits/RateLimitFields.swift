import HTTPTypes

/// A decision as the fields `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10 §3 and §4).
struct RateLimitFields {
    /// `"writes";q=400;w=2`: the whole burst, and the seconds until it is available again.
    let policy: String
    /// `"writes";r=399;t=1`: the remaining calls, and the seconds until the whole burst is available; when none remain,
    /// the seconds until the next call.
    let state: String

    init(_ name: String, _ limit: RateLimit, _ decision: RateLimit.Decision) {
        let window = (limit.burst + limit.perSecond - 1) / limit.perSecond
        policy = "\"\(name)\";q=\(limit.burst);w=\(window)"
        state =
            switch decision {
            case .allowed(let remaining, let time): "\"\(name)\";r=\(remaining);t=\(time.wholeSecondsUp)"
            case .refused(let time): "\"\(name)\";r=0;t=\(time.wholeSecondsUp)"
            }
    }

    func add(to headers: inout HTTPFields) {
        headers[.rateLimitPolicy] = policy
        headers[.rateLimit] = state
    }
}

extension Problem {
    /// 429, with the whole seconds to wait.
    ///
    /// - Parameter wait: nanoseconds.
    static func rateLimited(_ what: String, for wait: Int64) -> Problem {
        Problem(.tooManyRequests, "rate_limited", "\(what); wait as long as Retry-After says.")
            .with(.retryAfter, String(wait.wholeSecondsUp))
    }
}

extension Int64 {
    /// Nanoseconds as seconds, rounded up, at least 1.
    fileprivate var wholeSecondsUp: Int64 { Swift.max(1, (self + 999_999_999) / 1_000_000_000) }
}

extension HTTPField.Name {
    static let rateLimit = Self("RateLimit")!
    static let rateLimitPolicy = Self("RateLimit-Policy")!
}
