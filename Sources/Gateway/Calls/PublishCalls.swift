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
            .direct(
                "events.publish", .post, "/api/publish", .publish, "Publishes an event of one's own.",
                fields: [.idempotencyKey], body: .object(Publication.schema),
                answers: [.json(.published, .accepted)], refusals: [.notFound], publish)
        ]
    }

    /// → 202 `{seq}` for an event that is logged, 202 `{}` for one that is not.
    @Sendable func publish(_ input: CallInput) throws -> PreparedCall {
        let publication = try Publication(input.object)
        if publication.isEphemeral { return announcement(of: publication) }
        return PreparedCall(
            .publish(publication.type, data: publication.data, to: publication.audience), to: store
        ) { commit throws(BoardError) in
            var json = JSONWriter(reserving: 32)
            json.object {
                $0.name("seq"); $0.int(commit.seq)
            }
            return .init(status: .accepted, json: json.bytes)
        }
    }

    /// Announces an event that is not logged, once it is known that its board is there and may be seen.
    private func announcement(of publication: Publication) -> PreparedCall {
        let answer = PreparedCall.Answer(status: .accepted, json: Array("{}".utf8))
        return PreparedCall(later: { author, answered in
            guard case .board(let id) = publication.audience, !sees(id, author) else {
                announce(publication, by: author)
                return answered { answer }
            }
            Task {
                do {
                    _ = try await store.board(id, for: author)
                    announce(publication, by: author)
                    answered { answer }
                } catch { answered { throw error } }
            }
        })
    }

    /// Whether memory has the board; where it has not, the store is asked.
    private func sees(_ board: BoardID, _ author: Principal) -> Bool {
        author.boards.contains(board) && relay.boards(of: author.tenant)?.contains(board) == true
    }

    private func announce(_ publication: Publication, by author: Principal) {
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
            $0.name("actor"); $0.string(author.user.rawValue)
            $0.name("timestamp"); $0.string(now.description)
        }
        nodes?.send(
            PassingEvent(
                tenant: author.tenant, content: .event(json: json.bytes, publication.audience, publication.type),
                timestamp: now))
        relay.announce(
            ephemeral: EventFrame(
                ephemeral: json.bytes, audience: publication.audience, type: publication.type, timestamp: now),
            in: author.tenant)
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
            var problem = Problem(.invalid, "The publication can't be taken as it is.")
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
