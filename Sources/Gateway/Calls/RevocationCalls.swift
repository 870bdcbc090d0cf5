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
                query: NewestFirst.parameters, answers: [.json(.page(of: Revocation.schema).named("RevocationPage"))],
                list),
            Call(
                "revocations.create", .post, "/api/revocations", .administer,
                "Revokes tokens, and ends the connections that they opened.", body: .object(RevocationDraft.schema),
                answers: [.json(.writtenRevocation, .created), .json(.writtenRevocation, .accepted)],
                refusals: [.conflict, .serviceUnavailable], revoke),
        ]
    }

    /// → 200 `{items, next}`, newest first. Those that are not stored yet come before the first page, without a number.
    @Sendable func list(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let page = try NewestFirst(input.query)
        let waiting = page.before == nil ? audit.waitingRevocations(of: context.tenant) : []
        let found = try await store.revocations(of: context.tenant, before: page.before, count: page.limit + 1)
        // Some may have been stored since.
        let first = waiting.filter { waiting in !found.contains { waiting.isStored(as: $0) } }
        return page.reply(found, id: \.id, after: first.map { waiting in { waiting.write(into: &$0) } }) {
            $0.write(into: &$1)
        }
    }

    /// Revokes in memory first, which waits for no disk, then in the store → 201 `{revocation, connections, durable}`:
    /// the revocation, and the number of live connections that were cut; 202 when it is in force and not stored yet.
    @Sendable func revoke(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let draft = try RevocationDraft(input.object)
        let (tenant, now) = (context.tenant, audit.now)
        // In this order: a stream that is being opened is either found and closed here, or refused by its own check of
        // the revocations.
        try authenticator.revoke(draft.target, at: now, in: tenant)
        let revoked = RevocationList(draft.target, at: now, in: tenant)
        let cut = try await relay.close(in: tenant, .revoked, reconnectAfter: nil) { _, principal in
            revoked.revokes(tokenID: principal.tokenID, of: principal.user, issuedAt: principal.issuedAt, in: tenant)
        }
        switch await audit.keep(KeptAct(.revocation(draft), by: context.principal, at: now)) {
        case .stored(let revocation?): return answer(.created, cut) { revocation.write(into: &$0) }
        case .stored(nil), .waiting:
            let waiting = WaitingRevocation(draft, by: context.principal.user, at: now)
            return answer(.accepted, cut) { waiting.write(into: &$0) }
        case .noRoom: throw Problem.notDurable
        case .refused(let error): throw error
        }
    }

    private func answer(
        _ status: HTTPResponse.Status, _ cut: Int, _ revocation: (inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter(reserving: 512)
        json.object {
            $0.name("revocation"); revocation(&$0)
            $0.name("connections"); $0.int(cut)
            $0.name("durable"); $0.bool(status == .created)
        }
        return .json(json.bytes, status: status)
    }
}

extension Problem {
    /// The revocation is in force, and can't even wait to be stored.
    fileprivate static let notDurable = Problem(
        .notDurable,
        "The revocation is in force until the gateway restarts. It can't be stored now, and too many wait for that "
            + "already: send it again later."
    ).with(.retryAfter, "5")
}

extension JSONSchema {
    fileprivate static let writtenRevocation = object([
        .required("revocation", Revocation.schema),
        .required("connections", integer(from: 0).described("How many were ended.")),
        .required("durable", boolean.described("Whether it is on disk yet.")),
    ]).named("WrittenRevocation")
}
