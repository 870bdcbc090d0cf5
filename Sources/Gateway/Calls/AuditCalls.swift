import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import Tokens

/// `GET /api/audit` (admin): what the tenant's administrators did.
struct AuditCalls {
    let store: any AdminStore

    var all: [Call] {
        [
            Call(
                "audit.list", .get, "/api/audit", .administer, "What the tenant's administrators did, newest first.",
                query: NewestFirst.parameters, answers: [.json(.page(of: AuditEntry.schema).named("AuditPage"))], list)
        ]
    }

    /// → 200 `{items, next}`, newest first.
    @Sendable func list(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let page = try NewestFirst(input.query)
        let found = try await store.audit(of: context.tenant, before: page.before, count: page.limit + 1)
        return page.reply(found, id: \.id) { $0.write(into: &$1) }
    }
}
