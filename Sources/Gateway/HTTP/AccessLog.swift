import HTTPTypes
import Hummingbird
import Logging

/// Logs one line for each request: call, method, path, status, time. Never a query, a header or a body, which may hold
/// tokens.
struct AccessLog: RouterMiddleware {
    let calls: CallList

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        response.headers[.xRequestID] = context.id
        if context.logger.logLevel <= .info {
            let (seconds, attoseconds) = (ContinuousClock.now - start).components
            context.logger.info(
                "request",
                metadata: [
                    "call": "\(calls.name(request.method, at: context.endpointPath))",
                    "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(response.status.code)",
                    "microseconds": "\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)",
                ])
        }
        return response
    }
}

extension HTTPField.Name {
    static let xRequestID = Self("X-Request-Id")!
}
