import Boards
import Events
import HTTPTypes
import Hummingbird
import Rooms
import StrictJSON
import Tokens

/// `/api/revocations` (admin): revokes tokens of the tenant, and lists the revocations.
struct RevocationCalls {
    let store: any AdminStore
    let audit: AuditLog
    let authenticator: Authenticator
    let relay: Relay

    var all: [Call] {
        [
            Call(
                "revocations.list", .get, "/api/revocations", .administer, "The revocations in force, newest first.",
                query: NewestFirst.parameters, answers: [.json("RevocationPage")], list),
            Call(
                "revocations.create", .post, "/api/revocations", .administer,
                "Revokes tokens, and ends the connections that they opened.", body: .object("RevocationDraft"),
                answers: [.json("WrittenRevocation", .created)], refusals: [.conflict], revoke),
        ]
    }

    /// → 200 `{items, next}`, newest first.
    @Sendable func list(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let page = try NewestFirst(input.query)
        let found = try await store.revocations(of: context.tenant, before: page.before, count: page.limit + 1)
        return page.reply(found, id: \.id) { $0.write(into: &$1) }
    }

    /// → 201 `{revocation, connections}`: the revocation, and the number of live connections that were cut.
    @Sendable func revoke(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let revocation = try await audit.revoke(try RevocationDraft(input.object), by: context.principal)
        let tenant = context.tenant
        // In this order: a stream that is being opened is either found and closed here, or refused by its own check of
        // the revocations.
        authenticator.revoke(revocation, in: tenant)
        let revoked = RevocationList(revocation, in: tenant)
        let cut = try await relay.close(in: tenant, .revoked, reconnectAfter: nil) { _, principal in
            revoked.revokes(tokenID: principal.tokenID, of: principal.user, issuedAt: principal.issuedAt, in: tenant)
        }
        var json = JSONWriter(reserving: 512)
        json.object {
            $0.name("revocation"); revocation.write(into: &$0)
            $0.name("connections"); $0.int(cut)
        }
        return .json(json.bytes, status: .created)
    }
}
