import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import Text
import Tokens

/// `/api/session`: says what a token comes to, makes a cookie of it, and removes that again.
struct SessionCalls {
    let authenticator: Authenticator
    let clock: @Sendable () -> Timestamp

    var all: [Call] {
        [
            Call(
                "session.show", .get, "/api/session", .token, "Says what the token of this request comes to, and why.",
                answers: [.json(.session)], show),
            Call(
                "session.begin", .post, "/api/session", .token, "Makes a cookie of the token of this request.",
                answers: [.empty(.noContent, fields: [.setCookie])], isLimited: false, begin),
            .open(
                "session.end", .delete, "/api/session", "Removes the cookie; the token itself remains valid.",
                query: [], answers: [.empty(.noContent, fields: [.setCookie])], end),
        ]
    }

    /// `GET` → 200: who asks and until when, as the settings have it, and, of a token in the header, why tenant and role
    /// came out so.
    @Sendable func show(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let principal = context.principal
        var reasons: TokenReasons?
        if let place = context.place,
            case .token(let token)? = try? Credentials(CredentialFields(input.request.head), at: place, origins: [])
        {
            reasons = authenticator.reasons(of: token)
        }
        var json = JSONWriter()
        json.object {
            $0.name("tenant"); $0.string(principal.tenant.rawValue)
            $0.name("userId"); $0.string(principal.user.rawValue)
            $0.name("role"); $0.string(principal.role.rawValue)
            if case .only(let boards) = principal.boards {
                $0.name("boards")
                $0.array(boards.map(\.rawValue).sorted()) { $0.string($1) }
            }
            $0.name("expiresAt"); $0.string(principal.expiresAt.description)
            if let reasons {
                $0.name("tenantBecause"); $0.string(reasons.tenantWords)
                $0.name("roleBecause"); $0.string(reasons.roleWords)
            }
        }
        return .json(json.bytes)
    }

    /// `POST` with `Authorization: Bearer` → 204, and the cookie for as long as the token is valid.
    @Sendable func begin(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let place = try Self.place(context.place)
        let fields = CredentialFields(input.request.head)
        guard case .token(let token) = try Credentials(fields, at: place, origins: []) else {
            throw Problem.unauthorized("no token was sent")
        }
        try authenticator.checkLasting(context.principal)
        let seconds = (context.principal.expiresAt - clock()).wholeSeconds
        return answer(try SessionCookie.keeping(token, seconds: seconds, at: place))
    }

    /// `DELETE`, without a token → 204, and the cookie is removed. The token itself stays valid.
    @Sendable func end(_ input: CallInput, in context: AppContext) async throws -> Response {
        answer(SessionCookie.removing(at: try Self.place(context.place)))
    }

    private func answer(_ cookie: String) -> Response {
        Response(status: .noContent, headers: [.setCookie: cookie])
    }

    /// `BearerAuthentication` has found it out.
    private static func place(_ place: RequestPlace?) throws(Problem) -> RequestPlace {
        guard let place else { throw .internal }
        return place
    }
}

extension JSONSchema {
    fileprivate static let session = object([
        .required("tenant", .text(pattern: "^[A-Za-z0-9._-]{1,64}$")), .required("userId", .userID),
        .required("role", .oneOf(Role.allCases.map(\.rawValue))),
        .optional("boards", array(of: .boardID).described("Absent where it is good for all.")),
        .required("expiresAt", .time), .optional("tenantBecause", .text()), .optional("roleBecause", .text()),
    ]).named("Session")
}
