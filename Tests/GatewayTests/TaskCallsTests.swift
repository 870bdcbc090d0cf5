import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

@Suite struct TaskCallsTests {
    @Test func `a task with a name alone gets everything else by default`() async throws {
        let gateway = try TestGateway()
        let answer = try await gateway.call(.post, "/api/tasks", nil, #"{"name":"Paint the shed"}"#)
        #expect(answer.status == 201)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.location] == "/api/tasks/1")
        #expect(answer.headers[.eTag] == "\"1-\(gateway.epoch)\"")
        #expect(answer["seq"]?.int == 1)
        let task = try #require(answer.task)
        #expect(
            task.members.map(\.name) == [
                "id", "boardId", "name", "description", "status", "priority", "assigneeId", "labels", "dueAt", "rank",
                "version", "createdBy", "createdAt", "updatedAt",
            ])
        #expect(task["id"]?.int == 1)
        #expect(task["boardId"]?.string == "main")
        #expect(task["name"]?.string == "Paint the shed")
        #expect(task["description"]?.string == "")
        #expect(task["status"]?.string == "inbox")
        #expect(task["priority"]?.string == "medium")
        #expect(task["assigneeId"]?.isNull == true)
        #expect(task["labels"]?.array?.isEmpty == true)
        #expect(task["dueAt"]?.isNull == true)
        #expect(task["rank"]?.string?.isEmpty == false)
        #expect(task["version"]?.int == 1)
        #expect(task["createdBy"]?.string == "ann")
        #expect(task["createdAt"]?.string == "2026-01-15T10:30:00.000Z")
        #expect(task["updatedAt"]?.string == "2026-01-15T10:30:00.000Z")
    }

    @Test func `a task with everything is stored as it was sent`() async throws {
        let gateway = try TestGateway()
        let body = """
            {"name":"É\\r\\n\\u2028😀","description":"d","status":"review","priority":"urgent","assigneeId":"K","labels":["a","A"],\
            "dueAt":"2026-02-01T12:00:00+02:00","boardId":"main"}
            """
        let created = try await gateway.call(.post, "/api/tasks", nil, body)
        #expect(created.status == 201)
        let task = try await gateway.call(.get, "/api/tasks/1")
        #expect(task["name"]?.string?.hasSameBytes(as: "É\r\n\u{2028}😀") == true)
        #expect(task["status"]?.string == "review")
        #expect(task["priority"]?.string == "urgent")
        #expect(task["labels"]?.array?.compactMap(\.string) == ["a", "A"])
        #expect(task["dueAt"]?.string == "2026-02-01T10:00:00.000Z")
        #expect(try task.object == created.task)
    }

    @Test func `a task is read with its version as its tag`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        for role in [nil, "viewer", "member", "admin"] {
            let answer = try await gateway.call(.get, "/api/tasks/1", role)
            #expect(answer.status == 200)
            #expect(answer.headers[.eTag] == "\"1-\(gateway.epoch)\"")
            #expect(answer["id"]?.int == 1)
        }
        let head = try await gateway.call(.head, "/api/tasks/1")
        #expect(head.status == 200)
        #expect(head.headers[.eTag] == "\"1-\(gateway.epoch)\"")
        #expect(head.bytes.isEmpty)
    }

    @Test func `a merge patch changes what it names, resets what it nulls and counts the version up`() async throws {
        let gateway = try TestGateway()
        let body = #"{"name":"a","description":"d","assigneeId":"bob","labels":["x"],"priority":"high"}"#
        _ = try await gateway.call(.post, "/api/tasks", nil, body)
        let patched = try await gateway.call(
            .patch, "/api/tasks/1", nil,
            #"{"name":"b","assigneeId":null,"labels":null,"priority":null,"description":null}"#,
            headers: [.contentType: "application/merge-patch+json"])
        #expect(patched.status == 200)
        #expect(patched.headers[.eTag] == "\"2-\(gateway.epoch)\"")
        #expect(patched["seq"]?.int == 2)
        #expect(patched.task?["name"]?.string == "b")
        #expect(patched.task?["assigneeId"]?.isNull == true)
        #expect(patched.task?["labels"]?.array?.isEmpty == true)
        #expect(patched.task?["priority"]?.string == "medium")
        #expect(patched.task?["description"]?.string == "")
        #expect(patched.task?["version"]?.int == 2)
    }

    @Test(arguments: ["{}", #"{"name":"task 1"}"#, #"{"status":"inbox","priority":"medium"}"#])
    func `a patch that changes nothing makes no event and no version`(body: String) async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        let answer = try await gateway.call(.patch, "/api/tasks/1", nil, body)
        #expect(answer.status == 200)
        #expect(answer.task?["version"]?.int == 1)
        #expect(answer["seq"]?.int == 1)
        #expect(try await gateway.head() == 1)
    }

    @Test func `status and name in one patch are two events, and the answer has the last one's number`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        let answer = try await gateway.call(.patch, "/api/tasks/1", nil, #"{"name":"b","status":"done"}"#)
        #expect(answer["seq"]?.int == 3)
        let events = try await gateway.call(.get, "/api/events").events
        #expect(events.compactMap { $0["type"]?.string } == ["task.created", "task.updated", "task.status_changed"])
        #expect(events.allSatisfy { $0["task"]?.object?["id"]?.int == 1 })
        #expect(events.last?["previousStatus"]?.string == "inbox")
        #expect(events.last?["newStatus"]?.string == "done")
        #expect(events.last?["task"]?.object == answer.task)
    }

    @Test func `a task moves behind another, and to the front`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(3)
        let behind = try await gateway.call(.post, "/api/tasks/1/move", nil, #"{"status":"inbox","after":3}"#)
        #expect(behind.status == 200)
        #expect(behind.headers[.eTag] == "\"2-\(gateway.epoch)\"")
        #expect(behind["seq"]?.int == 4)
        #expect(try await order(gateway) == [2, 3, 1])
        _ = try await gateway.call(.post, "/api/tasks/3/move", nil, #"{"status":"inbox","after":null}"#)
        #expect(try await order(gateway) == [3, 2, 1])
        let other = try await gateway.call(.post, "/api/tasks/2/move", nil, #"{"status":"done"}"#)
        #expect(other.task?["status"]?.string == "done")
        #expect(try await order(gateway) == [3, 1, 2])
    }

    private func order(_ gateway: TestGateway) async throws -> [Int] {
        let snapshot = try await gateway.call(.get, "/api/boards/main/snapshot")
        return snapshot["tasks"]?.array?.compactMap { $0.object?["id"]?.int } ?? []
    }

    @Test func `a deleted task is gone, and the answer is the number of its event`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(2)
        let answer = try await gateway.call(.delete, "/api/tasks/1")
        #expect(answer.status == 204)
        #expect(answer.headers[.boardcastSeq] == "3")
        #expect(answer.bytes.isEmpty)
        #expect(try await gateway.call(.get, "/api/tasks/1").status == 404)
        #expect(try await gateway.call(.delete, "/api/tasks/1").status == 404)
        #expect(try await gateway.call(.patch, "/api/tasks/1", nil, "{}").status == 404)
        #expect(try await gateway.call(.post, "/api/tasks/1/move", nil, #"{"status":"done"}"#).status == 404)
        #expect(try await gateway.head() == 3)
    }

    @Test(arguments: [
        "0", "-1", "+1", "1.0", "1e0", "0x1", "x", "%31x", "1%00", "9999999999999999999999", "١", "1;x", "null",
    ])
    func `what is no number is no task`(id: String) async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        #expect(try await gateway.call(.get, "/api/tasks/\(id)").status == 404)
        #expect(try await gateway.call(.delete, "/api/tasks/\(id)").status == 404)
    }
}
