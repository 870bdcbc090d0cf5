import Events
import HTTPTypes
import NIOCore
import StrictJSON
import Testing

@testable import Gateway

@Suite struct PublishCallsTests {
    @Test(
        arguments: [
            (#"{"type":"a.b","data":{"x":[1.50,"é"]},"boardId":"main"}"#, "boardId"),
            (#"{"type":"a.b","data":{"x":[1.50,"é"]},"userId":"ann"}"#, "userId"),
            (#"{"type":"a.b","data":{"x":[1.50,"é"]}}"#, nil),
            (#"{"type":"a.b","data":{"x":[1.50,"é"]},"boardId":null,"userId":null}"#, nil),
        ] as [(String, String?)])
    func `a publication is logged as an event with its data as it was sent`(body: String, member: String?) async throws
    {
        let gateway = try TestGateway()
        let answer = try await gateway.call(
            .post, "/api/publish", as: try TestGateway.token("service", user: "robot"), body)
        #expect(answer.status == 202)
        #expect(answer.text == #"{"seq":1}"#)
        let event = try #require(try await gateway.call(.get, "/api/events").events.first)
        #expect(event["type"]?.string == "a.b")
        #expect(event["seq"]?.int == 1)
        #expect(event["actor"]?.string == "robot")
        var data = JSONWriter()
        data.value(try #require(event["data"]))
        #expect(String(decoding: data.bytes, as: UTF8.self) == #"{"x":[1.50,"é"]}"#)
        for name in ["boardId", "userId"] { #expect((event[name] != nil) == (name == member)) }
        #expect((event["boardSeq"] != nil) == (member == "boardId"))
    }

    @Test func `an ephemeral publication is not logged`() async throws {
        let gateway = try TestGateway()
        for body in [
            #"{"type":"a.b","ephemeral":true}"#, #"{"type":"a.b","data":1,"boardId":"main","ephemeral":true}"#,
            #"{"type":"a.b","data":1,"userId":"bob","ephemeral":true}"#,
        ] {
            let answer = try await gateway.call(.post, "/api/publish", "admin", body)
            #expect(answer.status == 202)
            #expect(answer.text == "{}")
        }
        #expect(try await gateway.head() == 0)
        #expect(
            try await gateway.call(.post, "/api/publish", "admin", #"{"type":"a.b","ephemeral":false}"#).text
                == #"{"seq":1}"#)
    }

    @Test func `an ephemeral publication reaches those who are connected, without id`() async throws {
        let gateway = try TestGateway()
        let ann = try await TestConnection.open(on: gateway, user: "ann", boards: .all)
        let bob = try await TestConnection.open(on: gateway, user: "bob", boards: .only([BoardID("plan")!]))
        try await gateway.addTasks(1)
        for (what, target) in [("board", #","boardId":"main""#), ("user", #","userId":"bob""#), ("all", "")] {
            _ = try await gateway.call(
                .post, "/api/publish", "service", #"{"type":"a.\#(what)","ephemeral":true\#(target)}"#)
        }
        try await gateway.addTasks(1)
        _ = try await gateway.call(.post, "/api/publish", "service", #"{"type":"a.end"}"#)
        let (annHeard, bobHeard) = (try await ann.text(until: "a.end"), try await bob.text(until: "a.end"))
        #expect(annHeard.contains(#"data: {"type":"a.board","boardId":"main","data":null,"actor":"ann""#))
        #expect(annHeard.contains("a.all") && !annHeard.contains("a.user"))
        #expect(bobHeard.contains(#"data: {"type":"a.user","userId":"bob","#))
        #expect(bobHeard.contains("a.all") && !bobHeard.contains("a.board"))
        let ids = annHeard.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("id: ") }
        #expect(ids == ["0", "1", "2", "3"].map { "id: \($0)-\(gateway.epoch)" })
    }

    @Test(arguments: [
        ("{}", ["/type"]), (#"{"type":null}"#, ["/type"]), (#"{"type":"a"}"#, ["/type"]),
        (#"{"type":"A.b"}"#, ["/type"]), (#"{"type":"a.b\n"}"#, ["/type"]),
        (#"{"type":"task.created"}"#, ["/type"]), (#"{"type":"stream.closing"}"#, ["/type"]),
        (#"{"type":"init.x"}"#, ["/type"]),
        (#"{"type":"token.expiring"}"#, ["/type"]), (#"{"type":"job.progress"}"#, ["/type"]),
        (#"{"type":"presence.x"}"#, ["/type"]),
        (#"{"type":"a.b","boardId":"MAIN"}"#, ["/boardId"]), (#"{"type":"a.b","boardId":7}"#, ["/boardId"]),
        (#"{"type":"a.b","userId":""}"#, ["/userId"]),
        (#"{"type":"a.b","userId":7}"#, ["/userId"]), (#"{"type":"a.b","userId":"a","boardId":"main"}"#, ["/userId"]),
        (#"{"type":"a.b","userId":"\u0000"}"#, ["/userId"]), (#"{"type":"a.b","ephemeral":1}"#, ["/ephemeral"]),
        (#"{"type":"a.b","ephemeral":"true"}"#, ["/ephemeral"]), (#"{"type":"a.b","ephemeral":null}"#, ["/ephemeral"]),
        (#"{"type":"a.b","id":"1-00000000"}"#, ["/id"]), (#"{"type":"a.b","tenant":"other"}"#, ["/tenant"]),
        (#"{"type":"a.b","seq":9}"#, ["/seq"]),
        (#"{"type":"a","boardId":"A","x/y":1}"#, ["/type", "/boardId", "/x~1y"]),
    ])
    func `a publication that can't be taken is refused with a pointer to each reason`(body: String, pointers: [String])
        async throws
    {
        let gateway = try TestGateway()
        let answer = try await gateway.call(.post, "/api/publish", "service", body)
        #expect(answer.status == 400)
        #expect(answer.code == "invalid")
        #expect(answer.pointers.sorted() == pointers.sorted())
        #expect(try await gateway.head() == 0)
    }

    @Test(arguments: ["false", "true"])
    func `a board must be there, and the token good for it`(ephemeral: String) async throws {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        let body = { (board: String) in #"{"type":"a.b","boardId":"\#(board)","ephemeral":\#(ephemeral)}"# }
        #expect(try await gateway.call(.post, "/api/publish", "service", body("nothing")).status == 404)
        let token = try TestGateway.token("service", boards: ["plan"])
        #expect(try await gateway.call(.post, "/api/publish", as: token, body("main")).status == 403)
        #expect(try await gateway.call(.post, "/api/publish", as: token, body("plan")).status == 202)
    }
}

@Suite struct PublicationTests {
    private func publication(_ text: String) throws -> Publication {
        try Publication(try #require(try JSONParser.parse(text.utf8).object))
    }

    @Test func `a publication says what, to whom, and whether it is kept`() throws {
        let all = try publication(#"{"type":"a.b"}"#)
        #expect(all.type.rawValue == "a.b")
        #expect(all.audience == .tenant)
        #expect(all.data == .null)
        #expect(!all.isEphemeral)
        let one = try publication(#"{"type":"a.b","userId":"\u212a","data":[],"ephemeral":true}"#)
        #expect(one.audience == .user(UserID("\u{212A}")!))
        #expect(one.audience != .user(UserID("K")!))
        #expect(one.isEphemeral)
        #expect(try publication(#"{"type":"a.b","boardId":"main","userId":null}"#).audience == .board(.main))
    }

    @Test(arguments: ["task", "board", "job", "stream", "connection", "presence", "typing", "token", "init"])
    func `nobody publishes in the gateway's own families`(family: String) {
        #expect(throws: Problem.self) { try publication(#"{"type":"\#(family).x"}"#) }
        #expect(throws: Problem.self) { try publication(#"{"type":"\#(family).x.y"}"#) }
        #expect(throws: Never.self) { try publication(#"{"type":"\#(family)s.x"}"#) }
        #expect(throws: Never.self) { try publication(#"{"type":"x.\#(family)"}"#) }
    }
}
