import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import Tokens

/// `/api/tasks`: what is on the boards. Every write goes through the store's one gate, ``Gate``.
struct TaskRoutes {
    let store: any BoardStore
    let settings: GatewaySettings

    func add(to router: some RouterMethods<TenantContext>) {
        Resource("/api/tasks", (.get, list), (.post, create)).add(to: router)
        Resource("/api/tasks/:id", (.get, show), (.patch, update), (.delete, delete)).add(to: router)
        Resource("/api/tasks/:id/move", (.post, move)).add(to: router)
    }

    /// → `{items, next}`, with a link to the next page (RFC 8288).
    @Sendable func list(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.read)
        let query = try Query(
            request.uri.query, allowing: ["board", "status", "assignee", "label", "q", "limit", "cursor"])
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
        wanted.limit = try query.int("limit", in: TaskQuery.limits, default: 50)
        if let cursor = query["cursor"] {
            guard let mark = PageMark(cursor) else { throw .badQuery("cursor", "must be the next of the page before") }
            wanted.after = mark
        }
        return wanted
    }

    /// → 201, the task and the number of its event.
    @Sendable func create(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.write)
        try request.refuseQuery()
        let (body, bytes) = try await request.jsonObject(upTo: settings.maxBodyBytes)
        let draft = try TaskDraft(body)
        let commit = try await store.write(.createTask(draft), by: context.principal, once: request.once(bytes))
        return .task(commit.task, commit.seq, status: .created, headers: [.location: "/api/tasks/\(commit.task.id)"])
    }

    @Sendable func show(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.read)
        try request.refuseQuery()
        let task = try await store.task(try context.taskID(), for: context.principal)
        let tag = EntityTag(version: task.version)
        if tag.isIn(request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: [.eTag: tag.description])
        }
        var json = JSONWriter()
        task.write(into: &json)
        return .json(json.bytes, headers: [.eTag: tag.description])
    }

    /// RFC 7396 merge patch; with `If-Match` only on the version it names (412 with the current task otherwise).
    @Sendable func update(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.write)
        try request.refuseQuery()
        let id = try context.taskID()
        let (body, bytes) = try await request.jsonObject(
            upTo: settings.maxBodyBytes, types: ["application/json", "application/merge-patch+json"])
        let patch = try TaskPatch(body)
        let commit = try await store.write(
            .updateTask(id, patch, ifVersion: try EntityTag.version(in: request.headers[.ifMatch])),
            by: context.principal, once: request.once(bytes))
        return .task(commit.task, commit.seq)
    }

    @Sendable func move(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.write)
        try request.refuseQuery()
        let id = try context.taskID()
        let (body, bytes) = try await request.jsonObject(upTo: settings.maxBodyBytes)
        let move = try TaskMove(body)
        let commit = try await store.write(
            .moveTask(id, move, ifVersion: try EntityTag.version(in: request.headers[.ifMatch])),
            by: context.principal, once: request.once(bytes))
        return .task(commit.task, commit.seq)
    }

    @Sendable func delete(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.write)
        try request.refuseQuery()
        let version = try EntityTag.version(in: request.headers[.ifMatch])
        let commit = try await store.write(
            .deleteTask(try context.taskID(), ifVersion: version), by: context.principal, once: request.once())
        return Response(status: .noContent, headers: [.boardcastSeq: String(commit.seq)])
    }
}

extension TenantContext {
    /// - Throws: ``Problem`` 404: what is no number is no task.
    fileprivate func taskID() throws(Problem) -> Int {
        guard let text = parameters.get("id"), let id = Int(digits: text) else { throw .notFound }
        return id
    }
}

extension Response {
    fileprivate static func task(
        _ task: BoardTask, _ seq: Int, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.eTag] = EntityTag(version: task.version).description
        var json = JSONWriter()
        json.object {
            $0.name("task"); task.write(into: &$0)
            $0.name("seq"); $0.int(seq)
        }
        return .json(json.bytes, status: status, headers: headers)
    }
}
