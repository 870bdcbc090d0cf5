import Events
import HTTPTypes
import Hummingbird
import StrictJSON

/// `GET /api/sign-in`: where people sign in, for our own pages. Everybody may know it: it is in each address to which
/// the pages lead.
struct SignInCalls {
    let settings: LiveSettings

    var all: [Call] {
        [
            .open(
                "session.provider", .get, "/api/sign-in", "Says at which OpenID provider people sign in.",
                query: [.text("tenant", "Where this tenant's people do, if it has a provider of its own.")],
                answers: [.json(.signIn)], show)
        ]
    }

    /// → 200 `{issuer, clientId, scope, audience?}`, or `{}` where nobody signs in; `?tenant=T`: the tenant's own.
    @Sendable func show(_ input: CallInput, in context: AppContext) async throws -> Response {
        let signIn = Self.signIn(of: input.query["tenant"], by: settings)
        var json = JSONWriter(reserving: 256)
        json.object {
            guard let signIn else { return }
            $0.name("issuer"); $0.string(signIn.issuer)
            $0.name("clientId"); $0.string(signIn.clientID)
            $0.name("scope"); $0.string(signIn.scope)
            if let audience = signIn.audience {
                $0.name("audience"); $0.string(audience)
            }
        }
        return .json(json.bytes, headers: [.cacheControl: "no-store"])
    }

    /// - Parameter tenant: as an address names it; one that is none, or has no file, signs in as all do.
    static func signIn(of tenant: String?, by settings: LiveSettings) -> SignIn? {
        settings.read { settings in
            tenant.flatMap { TenantID($0) }.map { settings.signIn[$0] } ?? settings.signIn.standard
        }
    }
}

extension JSONSchema {
    fileprivate static let signIn = object([
        .optional("issuer", text(format: "uri").described("The provider; absent where nobody signs in.")),
        .optional("clientId", text()), .optional("scope", text()), .optional("audience", text()),
    ]).named("SignIn")
}
