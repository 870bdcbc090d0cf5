import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import Tokens

/// `/api/jobs`: jobs, whose workers report their progress.
struct JobCalls {
    let store: any BoardStore

    private static let status = QueryParameter.oneOf(
        "status", JobStatus.allCases.map(\.rawValue), "Those of this status.")

    var all: [Call] {
        [
            Call(
                "jobs.list", .get, "/api/jobs", .read, "Jobs, newest first, a page at a time.",
                query: NewestFirst.parameters + [
                    .text("board", "Those of this board alone.", like: .boardID), Self.status,
                ],
                answers: [.json(.page(of: Job.schema).named("JobPage"), fields: [.link])], refusals: [.notFound], list),
            Call(
                "jobs.create", .post, "/api/jobs", .write, "Creates a job, queued.", fields: [.idempotencyKey],
                body: .object(JobDraft.schema), answers: [.json(.writtenJob, .accepted, fields: [.location])],
                refusals: [.notFound, .conflict], create),
            Call(
                "jobs.show", .get, "/api/jobs/:id", .read, "One job.", parameter: .job, answers: [.json(Job.schema)],
                refusals: [.notFound], show),
            Call(
                "jobs.report", .patch, "/api/jobs/:id", .write, "Reports on a job: its status, progress and result.",
                parameter: .job, fields: [.idempotencyKey], body: .patch(JobReport.schema),
                answers: [.json(.writtenJob)], refusals: [.notFound, .conflict], report),
            Call(
                "jobs.cancel", .post, "/api/jobs/:id/cancel", .write, "Cancels a job.", parameter: .job,
                fields: [.idempotencyKey], answers: [.json(.writtenJob)], refusals: [.notFound, .conflict], cancel),
        ]
    }

    /// → `{items, next}`, newest first, with a link to the next page (RFC 8288).
    @Sendable func list(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let query = input.query
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
        // The query's check has refused unknown names.
        wanted.status = try query.choice(Self.status).flatMap { JobStatus(rawValue: $0) }
        return wanted
    }

    /// → 202 and the job, queued.
    @Sendable func create(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let commit = try await store.write(
            .createJob(.random(), try JobDraft(input.object)), by: context.principal, once: input.once)
        return .job(commit.job, commit.seq, status: .accepted, headers: [.location: "/api/jobs/\(commit.job.id)"])
    }

    @Sendable func show(_ input: CallInput, in context: TenantContext) async throws -> Response {
        var json = JSONWriter()
        try await store.job(try input.job, for: context.principal).job.write(into: &json)
        return .json(json.bytes)
    }

    /// Takes a worker's report (RFC 7396 merge patch); allowed to the job's creator, services and administrators.
    @Sendable func report(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let id = try input.job
        let commit = try await store.write(
            .reportJob(id, try JobReport(input.object)), by: context.principal, once: input.once)
        return .job(commit.job, commit.seq)
    }

    @Sendable func cancel(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let commit = try await store.write(.cancelJob(try input.job), by: context.principal, once: input.once)
        return .job(commit.job, commit.seq)
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

extension JSONSchema {
    fileprivate static let writtenJob = object([
        .required("job", Job.schema), .required("seq", .seq),
    ]).named("WrittenJob")
}
