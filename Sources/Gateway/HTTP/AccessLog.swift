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

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        response.headers[.xRequestID] = context.id
        let call = calls.name(request.method, at: context.endpointPath)
        note(call, request, response.status.code, context, time: .now - start)
        return response
    }

    /// Counts and logs a request that was answered.
    func note(_ call: String, _ request: Request, _ status: Int, _ context: AppContext, time: Duration) {
        counters.count(.init(call: call, status: status), time: time)
        if context.logger.logLevel <= .info { log(call, request, status, context, time: time) }
    }

    private func log(_ call: String, _ request: Request, _ status: Int, _ context: AppContext, time: Duration) {
        let verdict = refusals.note(status, from: context.peer, CredentialFields(request.head))
        let isUsual = Self.usual.contains(call) && status < 400
        let level: Logger.Level = isUsual || verdict == .counted ? .debug : .info
        if context.logger.logLevel > level { return }
        let (seconds, attoseconds) = time.components
        var metadata: Logger.Metadata = [
            "call": "\(call)", "method": "\(request.method)", "path": "\(request.uri.path)",
            "status": .stringConvertible(status),
            "microseconds": .stringConvertible(Int(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)),
        ]
        if let trace = TraceParent(request.headers) { metadata["traceId"] = "\(trace.traceID)" }
        if case .first(let source) = verdict { metadata["address"] = "\(source)" }
        context.logger.log(level: level, "request", metadata: metadata)
    }

    private static let usual: Set = ["health.live", "health.ready", "metrics.show", PageCalls.name]
}

extension HTTPField.Name {
    static let xRequestID = Self("X-Request-Id")!
}
