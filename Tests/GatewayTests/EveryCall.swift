import Boards
import Events
import HTTPTypes
import NIOCore
import Rooms
import Testing

@testable import Gateway

/// A request of every call in the gateway's own list, for what must hold of all of them.
///
/// The list comes from the gateway; here is only what to send, by the call's name. `EveryCallTests` fails for a call
/// without a sample.
struct EveryCall: Sendable, CustomTestStringConvertible {
    let call: Call
    let sample: Sample

    var testDescription: String { "\(call.name): \(call.method) \(sample.path)" }
    var method: HTTPRequest.Method { call.method }
    var path: String { sample.path }
    var body: String? { sample.body }
    var status: Int { sample.status }
    var missing: Int? { sample.missing }

    /// What to send, on the board `plan` with its task 1, the job ``job``, and a connection of ann's.
    struct Sample: Sendable {
        let path: String
        /// One that is taken where the things that it names are there.
        var body: String?
        /// On success, and for one who may but whose tenant has no such things; nil where it names none.
        let status: Int
        var missing: Int?
        /// For a token that allows another board alone; nil where that makes no difference.
        let forbidden: Int?

        init(_ path: String, _ status: Int, _ body: String? = nil, missing: Int? = 404, forbidden: Int? = 403) {
            (self.path, self.status, self.body, self.missing) = (path, status, body, missing)
            self.forbidden = forbidden
        }
    }

    static let job = "0123456789abcdef0123456789abcdef"
    /// Stands for the connection's id, which nobody knows before.
    static let connection = "CONNECTION"

    static let samples: [String: [Sample]] = [
        "boards.list": [.init("/api/boards", 200, missing: nil, forbidden: nil)],
        "boards.create": [.init("/api/boards", 201, #"{"id":"new"}"#, missing: nil)],
        "boards.show": [.init("/api/boards/plan", 200)],
        "boards.update": [.init("/api/boards/plan", 200, #"{"name":"P"}"#)],
        "boards.delete": [.init("/api/boards/plan", 204)],
        "boards.snapshot": [.init("/api/boards/plan/snapshot", 200)],
        "boards.export": [
            .init("/api/boards/plan/export", 200), .init("/api/boards/plan/export?format=csv", 200),
        ],
        "imports.begin": [.init("/api/import?board=plan", 202, #"{"tasks":[]}"#)],
        "boards.presence": [.init("/api/boards/plan/presence", 200)],
        "boards.type": [.init("/api/boards/plan/typing", 204, #"{"taskId":1,"typing":true}"#)],
        "tasks.list": [.init("/api/tasks", 200, missing: nil, forbidden: nil), .init("/api/tasks?board=plan", 200)],
        "tasks.create": [.init("/api/tasks", 201, #"{"name":"a","boardId":"plan"}"#)],
        "tasks.show": [.init("/api/tasks/1", 200)],
        "tasks.update": [.init("/api/tasks/1", 200, #"{"name":"b"}"#)],
        "tasks.move": [.init("/api/tasks/1/move", 200, #"{"status":"done"}"#)],
        "tasks.delete": [.init("/api/tasks/1", 204)],
        "jobs.list": [.init("/api/jobs", 200, missing: nil, forbidden: nil), .init("/api/jobs?board=plan", 200)],
        "jobs.create": [.init("/api/jobs", 202, #"{"name":"a","boardId":"plan"}"#)],
        "jobs.show": [.init("/api/jobs/\(job)", 200, forbidden: 404)],
        "jobs.report": [.init("/api/jobs/\(job)", 200, #"{"status":"processing"}"#, forbidden: 404)],
        "jobs.cancel": [.init("/api/jobs/\(job)/cancel", 200, forbidden: 404)],
        "events.list": [.init("/api/events", 200, missing: nil, forbidden: nil), .init("/api/events?board=plan", 200)],
        "events.publish": [
            .init("/api/publish", 202, #"{"type":"a.b","boardId":"plan"}"#),
            .init("/api/publish", 202, #"{"type":"a.b","boardId":"plan","ephemeral":true}"#),
        ],
        "connections.list": [.init("/sse/stats", 200, missing: nil, forbidden: nil)],
        "server.show": [.init("/api/server", 200, missing: nil, forbidden: nil)],
        "connections.end": [.init("/sse/connections/\(connection)", 200, forbidden: nil)],
        "connections.renew": [.init("/sse/connections/\(connection)/token", 204, forbidden: nil)],
        "users.disconnect": [.init("/sse/users/ann/connections", 200, missing: nil, forbidden: nil)],
        "tickets.create": [.init("/sse/ticket", 200, missing: nil, forbidden: nil)],
        "session.show": [.init("/api/session", 200, missing: nil, forbidden: nil)],
        "session.begin": [.init("/api/session", 204, missing: nil, forbidden: nil)],
        "revocations.list": [.init("/api/revocations", 200, missing: nil, forbidden: nil)],
        "revocations.create": [.init("/api/revocations", 201, #"{"jti":"another's"}"#, missing: nil, forbidden: nil)],
        "audit.list": [.init("/api/audit", 200, missing: nil, forbidden: nil)],
    ]

    /// Calls without a token.
    static let open: [String: Sample] = [
        "health.live": .init("/healthz", 200, missing: nil, forbidden: nil),
        "health.ready": .init("/readyz", 200, missing: nil, forbidden: nil),
        "metrics.show": .init("/metrics", 200, missing: nil, forbidden: nil),
        "resource.show": .init("/.well-known/oauth-protected-resource", 200, missing: nil, forbidden: nil),
        "description.show": .init("/openapi.json", 200, missing: nil, forbidden: nil),
        "session.end": .init("/api/session", 204, missing: nil, forbidden: nil),
        "session.provider": .init("/api/sign-in", 200, missing: nil, forbidden: nil),
        "page": .init("/a.js", 200, missing: nil, forbidden: nil),
    ]

    /// Streams and sockets; ``Sample/missing`` is of the same with the board `plan` in the query, or its job.
    static let streams: [String: Sample] = [
        "sse.connect": .init("/sse/connect?board=plan", 200), "ws.connect": .init("/ws/connect?board=plan", 101),
        "events.stream": .init("/api/events/stream?board=plan", 200),
        "tasks.stream": .init("/api/tasks/stream?board=plan", 200),
        "tasks.stream.status": .init("/api/tasks/stream/done?board=plan", 200),
        "jobs.stream": .init("/api/jobs/\(job)/stream", 200),
        // Says in an event that there is none.
        "v1.tasks.stream": .init("/api/v1/tasks/\(job)/stream", 200, missing: nil, forbidden: nil),
    ]

    static let list: CallList = try! TestGateway(assets: [Asset(path: "/a.js", mediaType: "a/b", bytes: [])]).calls

    /// Every call that needs a token and is answered by the router, with each of its samples.
    static let all: [EveryCall] = list.all.filter(\.isForTenants).flatMap { call in
        (samples[call.name] ?? []).map { EveryCall(call: call, sample: $0) }
    }

    /// The same call for a board, a task, a job and a connection that no tenant has.
    var forNothing: (path: String, body: String?) {
        func change(_ text: String) -> String {
            [
                ("plan", "nada"), ("tasks/1", "tasks/9"), (Self.job, String(Self.job.reversed())),
                (Self.connection, "0000000000000000"),
            ].reduce(text) { text, change in
                text.split(separator: change.0, omittingEmptySubsequences: false).joined(separator: change.1)
            }
        }
        return (change(path), body.map(change))
    }

    func send(
        to world: World, as token: String?, query: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        var path = path.split(separator: Self.connection, omittingEmptySubsequences: false).joined(
            separator: world.connection)
        if let query { path += (path.contains("?") ? "&" : "?") + query }
        return try await world.gateway.call(method, path, as: token, body, headers: headers)
    }

    /// A gateway with the things that the samples are about, all of acme.
    struct World {
        let gateway: TestGateway
        let connection: String
        /// The number of the newest event.
        let head: Int

        init() async throws {
            gateway = try await .furnished()
            let ann = Principal(tenant: TenantID("acme")!, user: UserID("ann")!)
            _ = try await gateway.store.write(
                .createJob(JobID(EveryCall.job)!, JobDraft(name: "plan's", board: BoardID("plan")!)), by: ann,
                once: nil)
            connection = try await TestConnection.open(on: gateway, user: "ann").id
            head = try await gateway.head()
        }

        /// Whether nothing has come of a call.
        var isUntouched: Bool {
            get async throws {
                let connections = try await gateway.hub.describe(TenantID("acme")!).get().connections
                return try await gateway.head() == head && connections.count == 1
            }
        }
    }
}

extension TestGateway {
    /// With the board `plan` and its task 1.
    static func furnished(_ settings: GatewaySettings = GatewaySettings()) async throws -> TestGateway {
        let gateway = try TestGateway(settings)
        try await gateway.addBoard("plan")
        try await gateway.addTasks(1, on: "plan")
        return gateway
    }
}
