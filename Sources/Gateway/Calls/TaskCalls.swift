import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import Tokens

/// `/api/tasks`: the tasks of the boards. Every write passes the store's ``Gate``.
struct TaskCalls {
    let store: any BoardStore

    private static let limit = QueryParameter.int(
        "limit", in: TaskQuery.limits, default: 50, "Tasks in a page.")

    var all: [Call] {
        [
            Call(
                "tasks.list", .get, "/api/tasks", .read, "Tasks, a page at a time.",
                query: [
                    .text("board", "Those of this board alone.", like: .boardID),
                    .text("status", "Those of this status."),
                    .text("assignee", "Those of this user.", like: .userID),
                    .text("label", "Those with this label."),
                    .text(
                        "q", "Those that have this text in name or description, ignoring case.", like: .text(0...500)),
                    Self.limit, .next,
                ],
                answers: [.json(.page(of: BoardTask.schema).named("TaskPage"), fields: [.link])], refusals: [.notFound],
                list),
            .direct(
                "tasks.create", .post, "/api/tasks", .write, "Creates a task.", fields: [.idempotencyKey],
                body: .object(TaskDraft.schema), answers: [.json(.writtenTask, .created, fields: [.eTag, .location])],
                refusals: [.notFound, .conflict], create),
            Call(
                "tasks.show", .get, "/api/tasks/:id", .read, "One task.", parameter: .task, fields: [.ifNoneMatch],
                answers: [.json(BoardTask.schema, fields: [.eTag]), .notModified], refusals: [.notFound], show),
            .direct(
                "tasks.update", .patch, "/api/tasks/:id", .write, "Changes a task.", parameter: .task,
                fields: [.ifMatch, .idempotencyKey], body: .patch(TaskPatch.schema),
                answers: [.json(.writtenTask, fields: [.eTag])],
                refusals: [.notFound, .conflict, .preconditionFailed], update),
            .direct(
                "tasks.delete", .delete, "/api/tasks/:id", .write, "Deletes a task.", parameter: .task,
                fields: [.ifMatch, .idempotencyKey], answers: [.empty(.noContent, fields: [.boardcastSeq])],
                refusals: [.notFound, .preconditionFailed], delete),
            .direct(
                "tasks.move", .post, "/api/tasks/:id/move", .write, "Moves a task to a place in a column.",
                parameter: .task, fields: [.ifMatch, .idempotencyKey], body: .object(TaskMove.schema),
                answers: [.json(.writtenTask, fields: [.eTag])],
                refusals: [.notFound, .conflict, .preconditionFailed], move),
        ]
    }

    /// → `{items, next}`, with a link to the next page (RFC 8288).
    @Sendable func list(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let query = input.query
        let page = try await store.tasks(try taskQuery(query), for: context.principal)
        var headers: HTTPFields = [:]
        var json = JSONWriter(reserving: 64 + page.items.count * 400)
        json.object { json in
            json.name("items"); json.array(page.items) { $1.write(into: &$0) }
            json.name("next")
            if let next = page.next { json.string(next.description) } else { json.null() }
        }
        if let next = page.next {
            headers[.link] = "</api/tasks?\(query.with("cursor", next.description))>; rel=\"next\""
        }
        return .json(json.bytes, headers: headers)
    }

    private func taskQuery(_ query: Query) throws(Problem) -> TaskQuery {
        var wanted = TaskQuery()
        if let name = query["board"] {
            guard let board = BoardID(name) else { throw .notFound }
            wanted.boards = .only([board])
        }
        wanted.status = query["status"]
        wanted.label = query["label"]
        if let name = query["assignee"] {
            guard let user = UserID(name) else { throw .badQuery("assignee", "must be 1 to 255 bytes") }
            wanted.assignee = user
        }
        if let text = query["q"], !text.isEmpty {
            guard let search = TextSearch(text) else { throw .badQuery("q", "is too long, or holds nothing to find") }
            wanted.text = search
        }
        wanted.limit = try query.int(Self.limit)
        if let cursor = query["cursor"] {
            guard let mark = PageMark(cursor) else { throw .badQuery("cursor", "must be the next of the page before") }
            wanted.after = mark
        }
        return wanted
    }

    /// → 201, the task and the number of its event.
    @Sendable func create(_ input: CallInput) throws -> PreparedCall {
        PreparedCall(.createTask(try TaskDraft(input.object)), to: store) { commit in
            .task(commit, status: .created, headers: [.location: "/api/tasks/\(commit.task.id)"])
        }
    }

    @Sendable func show(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let task = try await store.task(try input.task, for: context.principal)
        let tag = EntityTag(task)
        if tag.isIn(input.request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: [.eTag: tag.description])
        }
        var json = JSONWriter()
        task.write(into: &json)
        return .json(json.bytes, headers: [.eTag: tag.description])
    }

    /// RFC 7396 merge patch; with `If-Match` only on the version it names (412 with the current task otherwise).
    @Sendable func update(_ input: CallInput) throws -> PreparedCall {
        let patch = try TaskPatch(input.object)
        return PreparedCall(.updateTask(try input.task, patch, ifVersion: input.ifVersion), to: store) { .task($0) }
    }

    @Sendable func move(_ input: CallInput) throws -> PreparedCall {
        let move = try TaskMove(input.object)
        return PreparedCall(.moveTask(try input.task, move, ifVersion: input.ifVersion), to: store) { .task($0) }
    }

    @Sendable func delete(_ input: CallInput) throws -> PreparedCall {
        PreparedCall(.deleteTask(try input.task, ifVersion: input.ifVersion), to: store) { commit in
            .init(status: .noContent, headers: [.boardcastSeq: String(commit.seq)])
        }
    }
}

extension PreparedCall.Answer {
    fileprivate static func task(
        _ commit: Commit<BoardTask>, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Self {
        var headers = headers
        headers[.eTag] = EntityTag(commit.task).description
        var json = JSONWriter()
        json.object {
            $0.name("task"); commit.task.write(into: &$0)
            $0.name("seq"); $0.int(commit.seq)
        }
        return Self(status: status, headers: headers, json: json.bytes)
    }
}

extension JSONSchema {
    fileprivate static let writtenTask = object([
        .required("task", BoardTask.schema), .required("seq", .seq),
    ]).named("WrittenTask")
}
