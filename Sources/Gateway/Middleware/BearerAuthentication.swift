import HTTPTypes
import Hummingbird
import Tokens

/// Has the token of every request verified, from the `Authorization` header or the cookie; the tenant's routes then
/// ask for the outcome.
struct BearerAuthentication: RouterMiddleware {
    let authenticator: Authenticator
    /// Whose pages the cookie counts from.
    let origins: Set<String>

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let fields = CredentialFields(request.head)
        context.identity = Result { () throws(Problem) in
            try authenticator.claims(of: Credentials(fields, origins: origins))
        }
        return try await next(request, context)
    }
}
