import Events
import HTTPTypes
import NIOCore
import Rooms
import StrictJSON
import TestSupport
import Testing

@testable import Gateway

@Suite struct PresenceCallsTests {
    private static let acme = TenantID("acme")!
    private static let plan = BoardID("plan")!

    /// With the boards `main` and `plan`, the task 1 on `plan`, and acme's boards in memory.
    private func furnished() async throws -> TestGateway {
        let gateway = try await TestGateway.furnished()
        try await gateway.relay.load(Self.acme, on: gateway.hub.loop).get()
        return gateway
    }

    @Test func `a board's presence is who is connected to it`() async throws {
        let gateway = try await furnished()
        for (user, boards) in [
            ("bob", Selection.Boards.only([Self.plan])), ("ann", .all), ("ann", .only([Self.plan])),
            ("eve", .only([.main])),
        ] { gateway.presence.arrive(UserID(user)!, at: boards, in: Self.acme) }
        let answer = try await gateway.call(.get, "/api/boards/plan/presence", "viewer")
        #expect(answer.text == #"{"users":["ann","bob"],"count":2}"#)
        #expect(
            try await gateway.call(.get, "/api/boards/main/presence").text == #"{"users":["ann","eve"],"count":2}"#)
    }

    @Test func `a board that nobody is connected to has nobody, also when nobody of the tenant is`() async throws {
        let answer = try await TestGateway().call(.get, "/api/boards/main/presence")
        #expect(answer.status == 200)
        #expect(answer.text == #"{"users":[],"count":0}"#)
    }

    @Test func `250 users are named, and all are counted`() async throws {
        let gateway = try await furnished()
        for number in 0..<300 {
            gateway.presence.arrive(UserID("user-\(number + 1000)")!, at: .all, in: Self.acme)
        }
        let answer = try await gateway.call(.get, "/api/boards/plan/presence")
        // A list of the first 251 was made a moment ago.
        let users = answer["users"]?.array?.compactMap(\.string)
        #expect(users == (1000..<1250).map { "user-\($0)" })
        #expect(answer["count"]?.int == 300)
    }

    @Test func `another tenant's users are in no board of this one`() async throws {
        let gateway = try await furnished()
        let other = TenantID("other")!
        try await gateway.relay.load(other, on: gateway.hub.loop).get()
        gateway.presence.arrive(UserID("ann")!, at: .all, in: Self.acme)
        gateway.presence.arrive(UserID("spy")!, at: .only([.main, Self.plan]), in: other)
        #expect(try await gateway.call(.get, "/api/boards/main/presence").text == #"{"users":["ann"],"count":1}"#)
        let stranger = try TestGateway.token("admin", tenant: "other")
        #expect(
            try await gateway.call(.get, "/api/boards/main/presence", as: stranger).text
                == #"{"users":["spy"],"count":1}"#)
        #expect(try await gateway.call(.get, "/api/boards/plan/presence", as: stranger).status == 404)
    }

    @Test func `what is typed reaches those who see the board, as long as it is news, and is not logged`() async throws
    {
        let gateway = try await furnished()
        let bob = try await TestConnection.open(on: gateway, user: "bob", boards: .only([Self.plan]))
        let eve = try await TestConnection.open(on: gateway, user: "eve", boards: .only([.main]))
        for isTyping in [true, false, false] {
            let answer = try await gateway.call(
                .post, "/api/boards/plan/typing", nil, #"{"taskId":1,"typing":\#(isTyping)}"#)
            #expect(answer.status == 204 && answer.bytes.isEmpty)
        }
        #expect(try await gateway.head() == 2)
        _ = try await gateway.call(.post, "/api/publish", "service", #"{"type":"a.end"}"#)
        let (heard, unheard) = (try await bob.text(until: "a.end"), try await eve.text(until: "a.end"))
        let told = heard.split(separator: "data: ").filter { $0.hasPrefix(#"{"type":"typing""#) }
        #expect(told.count == 2)
        for (text, isTyping) in zip(told, [true, false]) {
            #expect(
                text.hasPrefix(
                    #"{"type":"typing","boardId":"plan","taskId":1,"userId":"ann","typing":\#(isTyping),"timestamp":"#))
        }
        #expect(!unheard.contains("typing"))
    }

    @Test func `the task must be on that board`() async throws {
        let gateway = try await furnished()
        func status(_ board: String, _ task: Int, _ boards: [String]? = nil) async throws -> Int {
            try await gateway.call(
                .post, "/api/boards/\(board)/typing", as: try TestGateway.token(boards: boards),
                #"{"taskId":\#(task),"typing":true}"#
            ).status
        }
        #expect(try await status("plan", 1) == 204)
        for task in [0, 2, -1, .max] { #expect(try await status("plan", task) == 404) }
        #expect(try await status("main", 1) == 404)
        #expect(try await status("nothing", 1) == 404)
        #expect(try await status("PLAN", 1) == 404)
        #expect(try await status("plan", 1, ["plan"]) == 204)
        #expect(try await status("plan", 1, ["main"]) == 403)
        // Whether a task that this token may not see exists is not told either.
        #expect(try await status("main", 1, ["main"]) == 404)
        #expect(try await status("main", 9, ["main"]) == 404)
    }

    @Test(arguments: [
        ("{}", ["/taskId", "/typing"]), (#"{"taskId":1}"#, ["/typing"]), (#"{"typing":true}"#, ["/taskId"]),
        (#"{"taskId":"1","typing":true}"#, ["/taskId"]), (#"{"taskId":1.5,"typing":true}"#, ["/taskId"]),
        (#"{"taskId":null,"typing":true}"#, ["/taskId"]), (#"{"taskId":1e400,"typing":true}"#, ["/taskId"]),
        (#"{"taskId":1,"typing":1}"#, ["/typing"]), (#"{"taskId":1,"typing":"true"}"#, ["/typing"]),
        (#"{"taskId":1,"typing":null}"#, ["/typing"]), (#"{"taskId":1,"typing":true,"userId":"bob"}"#, ["/userId"]),
        (#"{"taskId":1,"typing":true,"boardId":"main"}"#, ["/boardId"]),
    ])
    func `a notice that can't be taken is refused with a pointer to each reason`(body: String, pointers: [String])
        async throws
    {
        let answer = try await furnished().call(.post, "/api/boards/plan/typing", nil, body)
        #expect(answer.status == 400)
        #expect(answer.code == "invalid")
        #expect(answer.pointers == pointers)
    }

    @Test func `who types in too many places is refused for now`() async throws {
        let gateway = try await furnished()
        let body = #"{"taskId":1,"typing":true}"#
        // On a slow machine the first may have ended by itself before the last is there.
        let isRefused = try await comesTrue {
            try gateway.presence.set(typing: false, at: 1, on: Self.plan, by: UserID("ann")!, in: Self.acme)
            for task in 1000..<1100 {
                try? gateway.presence.set(typing: true, at: task, on: Self.plan, by: UserID("ann")!, in: Self.acme)
            }
            let answer = try await gateway.call(.post, "/api/boards/plan/typing", nil, body)
            guard answer.status == 429 else { return false }
            #expect(answer.code == "typing_full")
            #expect(answer.headers[.retryAfter] == "5")
            return true
        }
        #expect(isRefused)
        let other = try TestGateway.token(user: "bob")
        #expect(try await gateway.call(.post, "/api/boards/plan/typing", as: other, body).status == 204)
    }

    @Test func `neither call takes a query`() async throws {
        let gateway = try await furnished()
        #expect(try await gateway.call(.get, "/api/boards/plan/presence?limit=1").status == 400)
        let body = #"{"taskId":1,"typing":true}"#
        #expect(try await gateway.call(.post, "/api/boards/plan/typing?typing=1", nil, body).status == 400)
    }
}
