import HTTPTypes
import Hummingbird
import StrictJSON

/// `GET /.well-known/oauth-protected-resource`: what this gateway is to a client that looks for a token (RFC 9728 §3).
struct ResourceCalls {
    let settings: LiveSettings

    var all: [Call] {
        [
            .open(
                "resource.show", .get, ResourceMetadata.path, "Where to get a token, as RFC 9728 has it.", query: [],
                answers: [.json(.resource)], refusals: [.notFound], show)
        ]
    }

    /// 404 to a request that does not say which host it is for.
    @Sendable func show(_ input: CallInput, in context: AppContext) async throws -> Response {
        guard let url = context.place?.url else { throw Problem.notFound }
        let servers = settings.read { $0.authorizationServers }
        var json = JSONWriter()
        json.object {
            $0.name("resource"); $0.string(url)
            if !servers.isEmpty {
                $0.name("authorization_servers"); $0.array(servers) { $0.string($1) }
            }
            // The query takes one on streams alone.
            $0.name("bearer_methods_supported"); $0.array(CollectionOfOne("header")) { $0.string($1) }
            $0.name("resource_name"); $0.string("Boardcast")
            $0.name("resource_documentation"); $0.string(url + "/docs")
        }
        return .json(json.bytes)
    }
}

extension JSONSchema {
    fileprivate static let resource = object([
        .required("resource", text(format: "uri").described("The gateway's own URL.")),
        .optional("authorization_servers", array(of: text(format: "uri")).described("Issuers whose tokens are taken.")),
        .required("bearer_methods_supported", array(of: oneOf(["header"]))),
        .required("resource_name", text()), .required("resource_documentation", text(format: "uri")),
    ]).named("ProtectedResource")
}
