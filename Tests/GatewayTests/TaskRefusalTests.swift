import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

/// What can't be taken is refused as a whole, and every reason is told at once.
@Suite struct TaskRefusalTests {
    private static let long = String(repeating: "x", count: 501)

    @Test(arguments: [
        ("{}", ["/name"]), (#"{"name":null}"#, ["/name"]), (#"{"name":""}"#, ["/name"]), (#"{"name":7}"#, ["/name"]),
        (#"{"name":"\u0000"}"#, ["/name"]), ("{\"name\":\"\(long)\"}", ["/name"]),
        (#"{"name":"a","status":"nothing"}"#, ["/status"]),
        (#"{"name":"a","status":"Done"}"#, ["/status"]), (#"{"name":"a","priority":"HIGH"}"#, ["/priority"]),
        (#"{"name":"a","assigneeId":""}"#, ["/assigneeId"]), (#"{"name":"a","assigneeId":7}"#, ["/assigneeId"]),
        (#"{"name":"a","labels":"x"}"#, ["/labels"]),
        (#"{"name":"a","labels":["x",7,"x"]}"#, ["/labels/1", "/labels/2"]),
        (#"{"name":"a","dueAt":"tomorrow"}"#, ["/dueAt"]), (#"{"name":"a","dueAt":0}"#, ["/dueAt"]),
        (#"{"name":"a","dueAt":"2026-02-29T00:00:00Z"}"#, ["/dueAt"]),
        (#"{"name":"a","boardId":"MAIN"}"#, ["/boardId"]),
        (#"{"name":"a","boardId":7}"#, ["/boardId"]), (#"{"name":"a","tenant":"other"}"#, ["/tenant"]),
        (#"{"name":"a","id":7}"#, ["/id"]),
        (#"{"name":"a","version":7}"#, ["/version"]), (#"{"name":"a","createdBy":"bob"}"#, ["/createdBy"]),
        (#"{"name":"a","x/y~z":1}"#, ["/x~1y~0z"]), (#"{"name":"a","Name":"b"}"#, ["/Name"]),
        (#"{"name":"a","":1}"#, ["/"]),
        (#"{"name":"","status":7,"nothing":1}"#, ["/name", "/status", "/nothing"]),
    ])
    func `a task that can't be made is refused with a pointer to each reason`(body: String, pointers: [String])
        async throws
    {
        let gateway = try TestGateway()
        let answer = try await gateway.call(.post, "/api/tasks", nil, body)
        #expect(answer.status == 400)
        #expect(answer.code == "invalid")
        #expect(answer.pointers.sorted() == pointers.sorted())
        #expect(try await gateway.head() == 0)
    }

    @Test(arguments: [
        (#"{"name":null}"#, ["/name"]), (#"{"name":""}"#, ["/name"]), (#"{"boardId":"other"}"#, ["/boardId"]),
        (#"{"rank":"a"}"#, ["/rank"]),
        (#"{"version":2}"#, ["/version"]), (#"{"status":null}"#, ["/status"]),
        (#"{"nothing":1,"priority":1}"#, ["/nothing", "/priority"]),
        (#"{"updatedAt":"2026-01-15T10:30:01Z"}"#, ["/updatedAt"]),
    ])
    func `a patch that can't be applied changes nothing`(body: String, pointers: [String]) async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        let answer = try await gateway.call(.patch, "/api/tasks/1", nil, body)
        #expect(answer.status == 400)
        #expect(answer.pointers.sorted() == pointers.sorted())
        #expect(try await gateway.head() == 1)
    }

    @Test(arguments: [
        ("{}", "/status"), (#"{"after":1}"#, "/status"), (#"{"status":"nothing"}"#, "/status"),
        (#"{"status":"inbox","after":1}"#, "/after"),
        (#"{"status":"inbox","after":99}"#, "/after"), (#"{"status":"done","after":2}"#, "/after"),
        (#"{"status":"inbox","after":"2"}"#, "/after"),
        (#"{"status":"inbox","after":2.5}"#, "/after"), (#"{"status":"inbox","after":1e400}"#, "/after"),
        (#"{"status":"inbox","before":2}"#, "/before"),
    ])
    func `a move to nowhere is refused with a pointer`(body: String, pointer: String) async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(2)
        let answer = try await gateway.call(.post, "/api/tasks/1/move", nil, body)
        #expect(answer.status == 400)
        #expect(answer.pointers == [pointer])
        #expect(try await gateway.head() == 2)
    }

    @Test(arguments: ["/api/tasks", "/api/tasks/1/move"])
    func `a query where none is taken is refused`(path: String) async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        let answer = try await gateway.call(.post, path + "?dry=1", nil, #"{"name":"a","status":"done"}"#)
        #expect(answer.status == 400)
        #expect(answer.pointers == ["dry"])
        #expect(try await gateway.head() == 1)
    }

    @Test func `a board that the tenant has not is not found, one that the token is not good for is forbidden`()
        async throws
    {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        try await gateway.addTasks(1)
        let token = try TestGateway.token(boards: ["plan"])
        #expect(try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a","boardId":"nothing"}"#).status == 404)
        #expect(try await gateway.call(.post, "/api/tasks", as: token, #"{"name":"a"}"#).status == 403)
        #expect(try await gateway.call(.post, "/api/tasks", as: token, #"{"name":"a","boardId":"plan"}"#).status == 201)
        for method: HTTPRequest.Method in [.get, .patch, .delete] {
            let answer = try await gateway.call(method, "/api/tasks/1", as: token, method == .patch ? "{}" : nil)
            #expect(answer.status == 403)
            #expect(answer.code == "board_forbidden")
        }
        #expect(try await gateway.call(.post, "/api/tasks/1/move", as: token, #"{"status":"done"}"#).status == 403)
        #expect(try await gateway.call(.get, "/api/tasks/99", as: token).status == 404)
    }
}
