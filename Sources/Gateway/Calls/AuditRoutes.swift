import Boards
import Events
import Hummingbird
import StrictJSON
import Tokens

/// `GET /api/audit` (admin): what the tenant's administrators did.
struct AuditRoutes {
    let store: any AdminStore

    func add(to router: some RouterMethods<TenantContext>) {
        Resource("/api/audit", (.get, list)).add(to: router)
    }

    /// → 200 `{items, next}`, newest first.
    @Sendable func list(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.administer)
        let page = try NewestFirst(Query(request.uri.query, allowing: NewestFirst.names))
        let found = try await store.audit(of: context.tenant, before: page.before, count: page.limit + 1)
        return page.reply(found, id: \.id) { $0.write(into: &$1) }
    }
}
