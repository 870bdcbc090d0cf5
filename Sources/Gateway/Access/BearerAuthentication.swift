import HTTPTypes
import Hummingbird
import Tokens

/// Verifies the token of every request, from the `Authorization` header or the cookie, and keeps the outcome for the
/// routes that need it.
struct BearerAuthentication: RouterMiddleware {
    let authenticator: Authenticator
    let failures: AuthFailures

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let fields = CredentialFields(request.head)
        let origins = failures.settings.read { $0.allOrigins }
        context.identity = Result { () throws(Problem) in
            try authenticator.principal(of: Credentials(fields, origins: origins))
        }
        .mapError { failures.count($0, from: context.peer, forwarded: request.forwarded) }
        return try await next(request, context)
    }
}

extension Request {
    fileprivate var forwarded: [String] { headers[fields: .xForwardedFor].map(\.value) }
}

extension HTTPField.Name {
    static let xForwardedFor = Self("X-Forwarded-For")!
}
