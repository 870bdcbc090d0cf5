import Events
import HTTPTypes
import Hummingbird
import Tokens

/// `/api/session`: makes a cookie of a token, and removes it again.
struct SessionRoutes {
    /// Milliseconds since 1970.
    let clock: @Sendable () -> Int

    func add(to router: some RouterMethods<AppContext>) {
        Resource("/api/session", (.post, begin), (.delete, end)).add(to: router)
    }

    /// `POST` with `Authorization: Bearer` → 204, and the cookie for as long as the token is good.
    @Sendable func begin(_ request: Request, in context: AppContext) async throws -> Response {
        let caller = try TenantContext(context: context)
        try request.refuseQuery()
        guard case .token(let token) = try Credentials(CredentialFields(request.head), origins: []) else {
            throw Problem.unauthorized("no token was sent")
        }
        let seconds = (caller.principal.expiresAt - clock()) / 1000
        return answer(try SessionCookie.keeping(token, seconds: seconds, isSecure: Self.needsTLS(request)))
    }

    /// `DELETE`, by whomever → 204, and the cookie is gone. The token itself stays good.
    @Sendable func end(_ request: Request, in context: AppContext) async throws -> Response {
        try request.refuseQuery()
        return answer(SessionCookie.removing(isSecure: Self.needsTLS(request)))
    }

    private func answer(_ cookie: String) -> Response {
        Response(status: .noContent, headers: [.setCookie: cookie])
    }

    private static func needsTLS(_ request: Request) -> Bool {
        request.head.authority.flatMap { Authority($0) }?.isLoopback != true
    }
}
