import Events
import HTTPTypes
import Hummingbird
import Logging

/// Logs one line for each request: call, method, path, status, time. Never a query, a header or a body, which may hold
/// tokens. What supervisors and browsers ask for all the time is logged at the level `debug`, unless it fails. Refusals
/// that come in floods are sampled by ``RefusalLog``; at the level `debug` each has its line.
struct AccessLog: RouterMiddleware {
    let calls: CallList
    let refusals: RefusalLog
    let counters: GatewayCounters
    /// Nil where no collector is set.
    var spans: SpanQueue?

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        response.headers[.xRequestID] = context.id
        let call = calls.name(request.method, at: context.endpointPath)
        note(
            call, request, response.status.code, context, route: context.endpointPath, time: .now - start)
        return response
    }

    /// Counts and logs a request that was answered, and makes a span of it.
    ///
    /// - Parameter route: the router's pattern of the path; nil when it has none.
    func note(
        _ call: String, _ request: Request, _ status: Int, _ context: AppContext, route: @autoclosure () -> String?,
        time: Duration
    ) {
        counters.count(.init(call: call, status: status), time: time)
        guard spans != nil || context.logger.logLevel <= .info else { return }
        let trace = TraceParent(request.headers)
        if let spans, !Self.isUsual(call, status) {
            let span = RequestSpan(
                after: trace, call: call, method: request.method.rawValue, route: route(), status: status,
                requestID: context.id, end: Timestamp.now(), duration: time)
            if let span { spans.add(span) }
        }
        if context.logger.logLevel <= .info { log(call, request, status, context, trace, time: time) }
    }

    private static func isUsual(_ call: String, _ status: Int) -> Bool { usual.contains(call) && status < 400 }

    private func log(
        _ call: String, _ request: Request, _ status: Int, _ context: AppContext, _ trace: TraceParent?,
        time: Duration
    ) {
        let verdict = refusals.note(status, from: context.peer, CredentialFields(request.head))
        let level: Logger.Level = Self.isUsual(call, status) || verdict == .counted ? .debug : .info
        if context.logger.logLevel > level { return }
        let (seconds, attoseconds) = time.components
        var metadata: Logger.Metadata = [
            "call": "\(call)", "method": "\(request.method)", "path": "\(request.uri.path)",
            "status": .stringConvertible(status),
            "microseconds": .stringConvertible(Int(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)),
        ]
        if let trace { metadata["traceId"] = "\(trace.traceID)" }
        if case .first(let source) = verdict { metadata["address"] = "\(source)" }
        context.logger.log(level: level, "request", metadata: metadata)
    }

    private static let usual: Set = ["health.live", "health.ready", "metrics.show", PageCalls.name]
}

extension HTTPField.Name {
    static let xRequestID = Self("X-Request-Id")!
}
