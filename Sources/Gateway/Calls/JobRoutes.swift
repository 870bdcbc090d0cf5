import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import Tokens

/// `/api/jobs`: work that somebody reports on while it goes on.
struct JobRoutes {
    let store: any BoardStore
    let settings: GatewaySettings

    func add(to router: some RouterMethods<TenantContext>) {
        Resource("/api/jobs", (.get, list), (.post, create)).add(to: router)
        Resource("/api/jobs/:id", (.get, show), (.patch, report)).add(to: router)
        Resource("/api/jobs/:id/cancel", (.post, cancel)).add(to: router)
    }

    /// → `{items, next}`, newest first, with a link to the next page (RFC 8288).
    @Sendable func list(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.read)
        let query = try Query(request.uri.query, allowing: NewestFirst.names.union(["board", "status"]))
        let page = try await store.jobs(try jobQuery(query), for: context.principal)
        var headers: HTTPFields = [:]
        var json = JSONWriter(reserving: 64 + page.items.count * 400)
        json.object { json in
            json.name("items"); json.array(page.items) { $1.write(into: &$0) }
            json.name("next")
            if let next = page.next { json.string(String(next)) } else { json.null() }
        }
        if let next = page.next { headers[.link] = "</api/jobs?\(query.with("cursor", String(next)))>; rel=\"next\"" }
        return .json(json.bytes, headers: headers)
    }

    private func jobQuery(_ query: Query) throws(Problem) -> JobQuery {
        let place = try NewestFirst(query)
        var wanted = JobQuery()
        wanted.limit = place.limit
        wanted.before = place.before
        if let name = query["board"] {
            guard let board = BoardID(name) else { throw .notFound }
            wanted.board = board
        }
        if let name = query["status"] {
            guard let status = JobStatus(rawValue: name) else {
                let names = JobStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badQuery("status", "must be one of \(names)")
            }
            wanted.status = status
        }
        return wanted
    }

    /// → 202 and the job, queued.
    @Sendable func create(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.write)
        try request.refuseQuery()
        let (body, bytes) = try await request.jsonObject(upTo: settings.maxBodyBytes)
        let commit = try await store.write(
            .createJob(.random(), try JobDraft(body)), by: context.principal, once: request.once(bytes))
        return .job(commit.job, commit.seq, status: .accepted, headers: [.location: "/api/jobs/\(commit.job.id)"])
    }

    @Sendable func show(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.read)
        try request.refuseQuery()
        var json = JSONWriter()
        try await store.job(try context.jobID(), for: context.principal).job.write(into: &json)
        return .json(json.bytes)
    }

    /// What the worker says (RFC 7396 merge patch): for the job's creator, services and administrators.
    @Sendable func report(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.write)
        try request.refuseQuery()
        let id = try context.jobID()
        let (body, bytes) = try await request.jsonObject(
            upTo: settings.maxBodyBytes, types: ["application/json", "application/merge-patch+json"])
        let commit = try await store.write(
            .reportJob(id, try JobReport(body)), by: context.principal, once: request.once(bytes))
        return .job(commit.job, commit.seq)
    }

    @Sendable func cancel(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.write)
        try request.refuseQuery()
        let commit = try await store.write(
            .cancelJob(try context.jobID()), by: context.principal, once: request.once())
        return .job(commit.job, commit.seq)
    }
}

extension TenantContext {
    /// - Throws: ``Problem`` 404: what is no id is no job.
    fileprivate func jobID() throws(Problem) -> JobID {
        guard let id = parameters.get("id").flatMap({ JobID($0) }) else { throw .notFound }
        return id
    }
}

extension Response {
    fileprivate static func job(
        _ job: Job, _ seq: Int, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var json = JSONWriter()
        json.object {
            $0.name("job"); job.write(into: &$0)
            $0.name("seq"); $0.int(seq)
        }
        return .json(json.bytes, status: status, headers: headers)
    }
}
