import Events
import HTTPTypes
import Hummingbird
import Text
import Tokens

/// CORS (Fetch standard §3.2) for the origins in the configuration, compared exactly; others get no header at all.
/// Runs after the verification of tokens, since a tenant may have origins of its own.
struct CrossOrigin: RouterMiddleware {
    let settings: LiveSettings
    /// The methods in the answer to a preflight.
    let methods: String

    init(settings: LiveSettings, methods: [HTTPRequest.Method]) {
        self.settings = settings
        self.methods = methods.map(\.rawValue).joined(separator: ", ")
    }

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let tenant = (try? context.identity?.get()).map(\.tenant)
        let settings = settings.current
        if request.method == .options, request.headers[.origin] != nil,
            request.headers[.accessControlRequestMethod] != nil
        {
            let origin = Self.origin(of: request, tenant, by: settings)
            return preflight(origin, asking: request.headers[.accessControlRequestHeaders] ?? "")
        }
        var response = try await next(request, context)
        Self.complete(&response.headers, to: request, of: tenant, by: settings)
        return response
    }

    /// - Parameter tenant: of the request's token; nil without a valid one.
    static func complete(
        _ headers: inout HTTPFields, to request: Request, of tenant: TenantID?, by settings: GatewaySettings
    ) {
        if settings.hasOrigins { headers.append(HTTPField(name: .vary, value: "Origin")) }
        if let origin = origin(of: request, tenant, by: settings) {
            headers[.accessControlAllowOrigin] = origin
            headers[.accessControlAllowCredentials] = "true"
            headers[.accessControlExposeHeaders] =
                "ETag, Location, Link, Boardcast-Seq, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, "
                + "Accept-Query, X-Request-Id"
        }
    }

    /// The request's origin, if its pages may read the answer.
    private static func origin(of request: Request, _ tenant: TenantID?, by settings: GatewaySettings) -> String? {
        request.headers[.origin].map(RequestOrigin.name).flatMap { settings.lets($0, read: tenant) ? $0 : nil }
    }

    /// - Parameter names: the header fields that the page's script wants to send. All are allowed: what is not read here
    /// does nothing, and libraries for tracing add fields of their own to every call.
    private func preflight(_ origin: String?, asking names: String) -> Response {
        var headers: HTTPFields = [.vary: "Origin"]
        if let origin {
            headers[.accessControlAllowOrigin] = origin
            headers[.accessControlAllowCredentials] = "true"
            headers[.accessControlAllowMethods] = methods
            headers[.accessControlAllowHeaders] = (Self.fields + Self.others(in: names)).joined(separator: ", ")
            headers[.accessControlMaxAge] = "600"
        }
        return Response(status: .noContent, headers: headers)
    }

    /// What is read here, and what libraries for requests and for tracing add most often.
    private static let fields = [
        "Authorization", "Content-Type", "Last-Event-ID", "If-Match", "If-None-Match", "Idempotency-Key",
        "Cache-Control",
        "X-Requested-With", "traceparent", "tracestate", "baggage", "sentry-trace",
    ]
    private static let known = Set(fields.map { $0.lowercased() })
    static let mostOthers = 32

    /// The other names in a list that can be names of header fields (RFC 9110 §5.1).
    private static func others(in list: String) -> [String] {
        let names = list.split(separator: ",").map { String($0.trimmed).lowercased() }
        return names.prefix(mostOthers).filter { HTTPField.Name($0) != nil && !known.contains($0) }
    }
}
