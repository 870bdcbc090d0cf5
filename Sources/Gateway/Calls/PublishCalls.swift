import Boards
import Events
import HTTPTypes
import Hummingbird
import NIOCore
import Rooms
import StrictJSON
import Tokens

/// `POST /api/publish` (service, admin): publishes the caller's own event to a board, a user, or everyone in the
/// tenant.
struct PublishCalls {
    let store: any BoardStore
    let relay: Relay
    let nodes: Nodes?

    var all: [Call] {
        [
            .write(
                "events.publish", .post, "/api/publish", .publish, "Publishes an event of one's own.",
                fields: [.idempotencyKey], body: .object(Publication.schema),
                answers: [.json(.published, .accepted)], refusals: [.notFound], to: store, others: announce, publish)
        ]
    }

    /// → 202 `{seq}` for an event that is logged, 202 `{}` for one that is not.
    @Sendable func publish(_ input: CallInput) throws -> PreparedWrite? {
        let publication = try Publication(input.object)
        if publication.isEphemeral { return nil }
        return PreparedWrite(
            .publish(publication.type, data: publication.data, to: publication.audience)
        ) { commit throws(BoardError) in
            var json = JSONWriter(reserving: 32)
            json.object {
                $0.name("seq"); $0.int(commit.seq)
            }
            return .init(status: .accepted, json: json.bytes)
        }
    }

    /// An event that is not logged.
    @Sendable func announce(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let publication = try Publication(input.object)
        if case .board(let id) = publication.audience { _ = try await store.board(id, for: context.principal) }
        announce(publication, by: context)
        return .json(Array("{}".utf8), status: .accepted)
    }

    private func announce(_ publication: Publication, by context: TenantContext) {
        let now = relay.wallClock()
        var json = JSONWriter()
        json.object {
            $0.name("type"); $0.string(publication.type.rawValue)
            switch publication.audience {
            case .board(let id): $0.name("boardId"); $0.string(id.rawValue)
            case .user(let id): $0.name("userId"); $0.string(id.rawValue)
            case .tenant: break
            }
            $0.name("data"); $0.value(publication.data)
            $0.name("actor"); $0.string(context.principal.user.rawValue)
            $0.name("timestamp"); $0.string(now.description)
        }
        nodes?.send(
            PassingEvent(
                tenant: context.tenant, content: .event(json: json.bytes, publication.audience, publication.type),
                timestamp: now))
        relay.announce(
            ephemeral: EventFrame(
                ephemeral: json.bytes, audience: publication.audience, type: publication.type, timestamp: now),
            in: context.tenant)
    }
}

/// The body of a publish call.
struct Publication {
    let type: EventType
    let data: JSONValue
    let audience: Audience
    let isEphemeral: Bool

    /// - Throws: ``Problem`` 400 with everything that is wrong.
    init(_ body: JSONObject) throws(Problem) {
        var errors: [Problem.Field] = []
        for member in body.members
        where !["type", "data", "boardId", "userId", "ephemeral"].contains(where: { member.name.hasSameBytes(as: $0) })
        {
            errors.append(.init(pointer: FieldError(name: member.name, "").pointer, detail: "is not known here"))
        }
        let type = body["type"]?.string.flatMap(EventType.init)
        if type == nil {
            errors.append(.init(pointer: "/type", detail: "must be a dotted name of lower-case letters, digits and _"))
        } else if let type, EventType.reservedFamilies.contains(type.family) {
            errors.append(.init(pointer: "/type", detail: "the family \(type.family) is the gateway's own"))
        }
        let board = body["boardId"]?.string.flatMap(BoardID.init)
        let user = body["userId"]?.string.flatMap(UserID.init)
        if body["boardId"]?.isNull == false, board == nil {
            errors.append(.init(pointer: "/boardId", detail: "must be a board's id"))
        }
        if body["userId"]?.isNull == false, user == nil {
            errors.append(.init(pointer: "/userId", detail: "must be 1 to 255 bytes"))
        }
        if board != nil, user != nil {
            errors.append(.init(pointer: "/userId", detail: "an event goes to a board or to a user, not to both"))
        }
        if let flag = body["ephemeral"], flag.bool == nil {
            errors.append(.init(pointer: "/ephemeral", detail: "must be true or false"))
        }
        guard errors.isEmpty, let type else {
            var problem = Problem(.badRequest, "invalid", "The publication can't be taken as it is.")
            problem.errors = errors
            throw problem
        }
        self.type = type
        data = body["data"] ?? .null
        audience = board.map { .board($0) } ?? user.map { .user($0) } ?? .tenant
        isEphemeral = body["ephemeral"]?.bool ?? false
    }
}

extension Publication {
    /// What ``init(_:)`` takes.
    static let schema = JSONSchema.closed([
        .required("type", .ownEventType),
        .optional("data", .any),
        .optional("boardId", JSONSchema.boardID.orNull.described("The board whose readers get it.")),
        .optional("userId", JSONSchema.userID.orNull.described("The user who gets it; everyone without either.")),
        .optional("ephemeral", JSONSchema.boolean.described("Not logged: for those alone who are connected now.")),
    ]).with(
        anyOf: ["boardId", "userId"].map { .having([.optional($0, .null)]) }
    ).named("Publication")
}

extension JSONSchema {
    fileprivate static let published = object([
        .optional("seq", JSONSchema.seq.described("Absent for one that is not logged."))
    ]).named("Published")
}
