import Events
import HTTPTypes
import Testing
import Tokens

@testable import Gateway

/// Every call that there is, for what must hold of all of them.
struct EveryCall: Sendable, CustomTestStringConvertible {
    let method: HTTPRequest.Method
    let path: String
    let permission: Permission
    /// A body that is taken where the board and the task are there.
    let body: String?
    /// The status on success, and for one who may but whose tenant has no such board or task; nil where it names none.
    let status: Int
    let missing: Int?

    var testDescription: String { "\(method) \(path)" }

    /// On the board `plan`, with its task 1.
    static let all: [EveryCall] = [
        .init(.get, "/api/boards", .read, 200, missing: nil),
        .init(.post, "/api/boards", .administer, 201, #"{"id":"new"}"#, missing: nil),
        .init(.get, "/api/boards/plan", .read, 200),
        .init(.patch, "/api/boards/plan", .administer, 200, #"{"name":"P"}"#),
        .init(.delete, "/api/boards/plan", .administer, 204),
        .init(.get, "/api/boards/plan/snapshot", .read, 200),
        .init(.get, "/api/boards/plan/export", .read, 200),
        .init(.post, "/api/import?board=plan", .write, 202, #"{"tasks":[]}"#),
        .init(.get, "/api/boards/plan/presence", .read, 200),
        .init(.post, "/api/boards/plan/typing", .write, 204, #"{"taskId":1,"typing":true}"#),
        .init(.get, "/api/tasks", .read, 200, missing: nil),
        .init(.get, "/api/tasks?board=plan", .read, 200),
        .init(.post, "/api/tasks", .write, 201, #"{"name":"a","boardId":"plan"}"#),
        .init(.get, "/api/tasks/1", .read, 200),
        .init(.patch, "/api/tasks/1", .write, 200, #"{"name":"b"}"#),
        .init(.post, "/api/tasks/1/move", .write, 200, #"{"status":"done"}"#),
        .init(.delete, "/api/tasks/1", .write, 204),
        .init(.get, "/api/jobs", .read, 200, missing: nil),
        .init(.get, "/api/jobs?board=plan", .read, 200),
        .init(.post, "/api/jobs", .write, 202, #"{"name":"a","boardId":"plan"}"#),
        .init(.get, "/api/events", .read, 200, missing: nil),
        .init(.get, "/api/events?board=plan", .read, 200),
        .init(.post, "/api/publish", .publish, 202, #"{"type":"a.b","boardId":"plan"}"#),
        .init(.post, "/api/publish", .publish, 202, #"{"type":"a.b","boardId":"plan","ephemeral":true}"#),
        .init(.get, "/sse/stats", .administer, 200, missing: nil),
        .init(.post, "/sse/ticket", .read, 200, missing: nil),
        .init(.post, "/api/session", .read, 204, missing: nil),
        .init(.get, "/api/revocations", .administer, 200, missing: nil),
        .init(.post, "/api/revocations", .administer, 201, #"{"jti":"another's"}"#, missing: nil),
        .init(.get, "/api/audit", .administer, 200, missing: nil),
    ]

    private init(
        _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, _ status: Int, _ body: String? = nil,
        missing: Int? = 404
    ) {
        (self.method, self.path, self.permission, self.body) = (method, path, permission, body)
        (self.status, self.missing) = (status, missing)
    }

    /// The same call for a board and a task that no tenant has.
    var forNothing: (path: String, body: String?) {
        func change(_ text: String) -> String {
            text.split(separator: "plan", omittingEmptySubsequences: false).joined(separator: "nada")
                .split(separator: "tasks/1", omittingEmptySubsequences: false).joined(separator: "tasks/9")
        }
        return (change(path), body.map(change))
    }

    func send(to gateway: TestGateway, as token: String?, headers: HTTPFields = [:]) async throws -> Answer {
        try await gateway.call(method, path, as: token, body, headers: headers)
    }
}

extension TestGateway {
    /// With the board and the task that ``EveryCall`` is about.
    static func furnished(_ settings: GatewaySettings = GatewaySettings()) async throws -> TestGateway {
        let gateway = try TestGateway(settings)
        try await gateway.addBoard("plan")
        try await gateway.addTasks(1, on: "plan")
        return gateway
    }
}
