import Events
import HTTPTypes
import Hummingbird

/// Limits the writes of each user. A write beyond the limit is answered with 429, after a moment and before its body is
/// read; the answer to an allowed one has the number of remaining writes (draft-ietf-httpapi-ratelimit-headers-11).
struct WriteLimit: Sendable {
    struct Writer: Hashable {
        let tenant: TenantID
        let user: UserID
    }

    let settings: LiveSettings
    let limiter: RateLimiter<Writer>
    /// A clock that never goes back.
    let uptime: @Sendable () -> Uptime
    let hold: RefusalHold
    let counters: GatewayCounters

    /// Counts a write and carries it out; a request that changes nothing is carried out uncounted.
    ///
    /// - Throws: ``Problem`` 429 beyond the limit, else as `work` does; both carry the number of remaining writes.
    func limit(
        _ request: Request, in context: TenantContext, _ work: () async throws -> Response
    ) async throws -> Response {
        guard Self.counts(request.method) else { return try await work() }
        let (decision, fields) = take(context.principal)
        if case .refused(let wait) = decision {
            counters.countLimited(GatewayCounters.writes)
            var problem = Problem.rateLimited("These are more writes than this user may make", for: wait)
            if request.hasLongBody { problem.headers[.connection] = "close" }
            fields.add(to: &problem.headers)
            await hold.wait()
            throw problem
        }
        do {
            var response = try await work()
            fields.add(to: &response.headers)
            return response
        } catch {
            var problem = Problem(answering: error, logger: context.logger)
            // It is in the log now.
            problem.failure = nil
            fields.add(to: &problem.headers)
            throw problem
        }
    }

    /// Counts a write, if it is within the limit.
    func take(_ principal: Principal) -> (RateLimit.Decision, RateLimitFields) {
        let limit = settings.read { $0.writes[principal.tenant] }
        let writer = Writer(tenant: principal.tenant, user: principal.user)
        let decision = limiter.take(writer, within: limit, at: uptime())
        return (decision, RateLimitFields("writes", limit, decision))
    }

    /// Whether requests with this method change something.
    static func counts(_ method: HTTPRequest.Method) -> Bool { [.post, .put, .patch, .delete].contains(method) }
}

extension Request {
    /// Whether reading and discarding the rest of the body would cost more than a new connection.
    fileprivate var hasLongBody: Bool {
        if headers[.transferEncoding] != nil { return true }
        return headers[.contentLength].flatMap { Int($0) } ?? 0 > 65_536
    }
}
