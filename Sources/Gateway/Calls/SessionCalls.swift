import Events
import HTTPTypes
import Hummingbird
import Text
import Tokens

/// `/api/session`: makes a cookie of a token, and removes it again.
struct SessionCalls {
    let authenticator: Authenticator
    let clock: @Sendable () -> Timestamp

    var all: [Call] {
        [
            Call(
                "session.begin", .post, "/api/session", .token, "Makes a cookie of the token of this request.",
                answers: [.empty(.noContent, fields: [.setCookie])], isLimited: false, begin),
            .open(
                "session.end", .delete, "/api/session", "Removes the cookie; the token itself remains valid.",
                query: [], answers: [.empty(.noContent, fields: [.setCookie])], end),
        ]
    }

    /// `POST` with `Authorization: Bearer` → 204, and the cookie for as long as the token is valid.
    @Sendable func begin(_ input: CallInput, in context: TenantContext) async throws -> Response {
        guard case .token(let token) = try Credentials(CredentialFields(input.request.head), origins: []) else {
            throw Problem.unauthorized("no token was sent")
        }
        try authenticator.checkLasting(context.principal)
        let seconds = (context.principal.expiresAt - clock()).wholeSeconds
        return answer(try SessionCookie.keeping(token, seconds: seconds, isSecure: Self.needsTLS(input.request)))
    }

    /// `DELETE`, without a token → 204, and the cookie is removed. The token itself stays valid.
    @Sendable func end(_ input: CallInput, in context: AppContext) async throws -> Response {
        return answer(SessionCookie.removing(isSecure: Self.needsTLS(input.request)))
    }

    private func answer(_ cookie: String) -> Response {
        Response(status: .noContent, headers: [.setCookie: cookie])
    }

    private static func needsTLS(_ request: Request) -> Bool {
        request.head.authority.flatMap { Authority($0) }?.isLoopback != true
    }
}
