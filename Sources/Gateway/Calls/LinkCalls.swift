import HTTPTypes
import Hummingbird
import StrictJSON

/// `POST /api/link?code=…`, of `serve --dev` alone: the token behind a link that was printed.
struct LinkCalls {
    let links: OneTimeLinks

    var all: [Call] {
        [
            .open(
                "session.link", .post, "/api/link", "Exchanges the code of a printed link for its token, once.",
                query: [.text("code", "Of the printed link.")], answers: [.json(.link)], refusals: [.notFound], use)
        ]
    }

    /// → 200 `{token}`; 404 when it was used, or replaced by another.
    @Sendable func use(_ input: CallInput, in context: AppContext) async throws -> Response {
        guard let token = links.use(input.query["code"] ?? "") else {
            throw Problem(.linkUsed, "This link was used already. The terminal shows a new one.")
        }
        var json = JSONWriter(reserving: 512)
        json.object {
            $0.name("token"); $0.string(token)
        }
        return .json(json.bytes, headers: [.cacheControl: "no-store"])
    }
}

extension JSONSchema {
    fileprivate static let link = object([.required("token", text())]).named("Link")
}
