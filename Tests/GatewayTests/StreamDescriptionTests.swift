import Events
import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import Gateway

/// What streams send, held against the schemas of their items; the end-to-end tests do the same with every stream that they open.
@Suite struct StreamDescriptionTests {
    private static let job = "/api/jobs/\(EveryCall.job)"

    /// A stream to open, and what it sends while everything happens.
    private static let streams: [(path: String, types: Set<String>)] = [
        (
            "/sse/connect?snapshot=1&board=plan",
            [
                "connection.established", "init", "presence.state", "presence.joined", "typing", "task.created",
                "task.updated", "task.status_changed", "task.deleted", "board.updated", "a.logged", "a.unlogged",
                "job.progress", "job.completed",
            ]
        ),
        ("/sse/connect?since=99-nowhere", ["connection.established", "stream.resync", "task.created"]),
        ("/api/events/stream", ["task.created", "board.updated", "a.logged", "job.progress"]),
        ("/api/events/stream?since=9999", ["stream.resync", "task.created"]),
        ("/api/tasks/stream/inbox?board=plan", ["connected", "init", "update", "notification"]),
        ("/api/tasks/stream/inbox?board=plan&mode=delta", ["connected", "init", "delta"]),
        ("\(job)/stream", ["progress", "completed"]),
        ("/api/v1/tasks/\(EveryCall.job)/stream", ["progress", "completed"]),
        ("/api/v1/tasks/\(String(EveryCall.job.reversed()))/stream", ["error"]),
    ]

    @Test(arguments: streams)
    func `every event is as its item is described`(path: String, types: Set<String>) async throws {
        let world = try await EveryCall.World()
        let gateway = world.gateway
        let head = TestGateway.head(path, token: try TestGateway.token())
        let connection = try await TestConnection.open(try await gateway.streamRequest(head), on: gateway)
        _ = try await connection.text(until: "\n\n")
        try await happen(on: gateway)
        let isComplete = try await comesTrue {
            types.isSubset(of: Self.events(in: try await connection.text).compactMap(Self.kind))
        }
        let events = Self.events(in: try await connection.text)
        #expect(isComplete, "\(types.subtracting(events.compactMap(Self.kind))) never came")
        let operation = try #require(Description.v32.operation(.get, path))
        for event in events { #expect(Description.v32.errors(event, on: operation) == [], "\(path)") }
    }

    private func happen(on gateway: TestGateway) async throws {
        _ = try await TestConnection.open(on: gateway, user: "bob")
        for (method, path, role, body) in [
            (.post, "/api/boards/plan/typing", nil, #"{"taskId":1,"typing":true}"#),
            (.post, "/api/publish", "service", #"{"type":"a.unlogged","data":1,"boardId":"plan","ephemeral":true}"#),
            (.post, "/api/publish", "service", #"{"type":"a.logged","data":{"b":[]},"boardId":"plan"}"#),
            (.patch, "/api/boards/plan", "admin", #"{"name":"Plan"}"#),
            (.post, "/api/tasks", nil, #"{"name":"a","boardId":"plan","labels":["x"]}"#),
            (.patch, "/api/tasks/2", nil, #"{"name":"b","status":"review"}"#), (.delete, "/api/tasks/2", nil, nil),
            (.patch, Self.job, "service", #"{"progress":50,"message":"half"}"#),
            (.patch, Self.job, "service", #"{"status":"completed","result":{"a":1}}"#),
        ] as [(HTTPRequest.Method, String, String?, String?)] {
            let answer = try await gateway.call(method, path, role, body)
            try #require(200..<300 ~= answer.status, "\(path): \(answer.text)")
        }
    }

    /// The fields of each event as members (OpenAPI 3.2 §4.14.4), less those without data, which no client is told of.
    private static func events(in text: String) -> [JSONValue] {
        var (events, fields): ([JSONValue], JSONObject) = ([], JSONObject())
        // Lines of chunks are no fields.
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let halves = line.split(separator: ": ", maxSplits: 1)
            if halves.count == 2, ["id", "event", "data", "retry"].contains(halves[0]) {
                let value = String(halves[1])
                fields[String(halves[0])] =
                    halves[0] == "retry" ? Int(value).map { .number(JSONNumber($0)) } : .string(value)
            } else if line.isEmpty {
                if fields["data"] != nil { events.append(.object(fields)) }
                fields = JSONObject()
            }
        }
        return events
    }

    private static func kind(of event: JSONValue) -> String? {
        let data = event.object?["data"]?.string.flatMap { try? JSONParser.parse(Array($0.utf8)).object }
        return event.object?["event"]?.string ?? data?["type"]?.string
    }
}
