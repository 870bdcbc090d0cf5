import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

@Suite struct TaskListTests {
    private func ids(_ answer: Answer) -> [Int] { answer.items.compactMap { $0["id"]?.int } }

    private func filled() async throws -> TestGateway {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        for body in [
            #"{"name":"Red apples","labels":["fruit"],"assigneeId":"ann"}"#,
            #"{"name":"green pears","labels":["fruit","Fruit"],"status":"done","assigneeId":"K"}"#,
            #"{"name":"Éclair","description":"with APPLES & cream","assigneeId":"\u212a"}"#,
            #"{"name":"nails","boardId":"plan","labels":["a+b c"]}"#,
        ] { try #require(try await gateway.call(.post, "/api/tasks", nil, body).status == 201) }
        return gateway
    }

    @Test(arguments: [
        ("", [1, 2, 3, 4]), ("?board=plan", [4]), ("?board=main", [1, 2, 3]), ("?status=done", [2]),
        ("?status=nothing", []),
        ("?label=fruit", [1, 2]), ("?label=Fruit", [2]), ("?label=a%2Bb+c", [4]), ("?label=a%2bb%20c", [4]),
        ("?assignee=ann", [1]),
        ("?assignee=K", [2]), ("?assignee=%E2%84%AA", [3]), ("?q=apples", [1, 3]), ("?q=APPLES", [1, 3]),
        ("?q=%C3%A9clair", [3]),
        ("?q=%26", [3]), ("?q=", [1, 2, 3, 4]), ("?q=apples&status=inbox&board=main&assignee=ann&label=fruit", [1]),
        ("?limit=2", [1, 2]),
        ("?&&limit=1&", [1]),
    ])
    func `tasks are found by what is asked for`(query: String, expected: [Int]) async throws {
        let answer = try await filled().call(.get, "/api/tasks" + query)
        #expect(answer.status == 200)
        #expect(ids(answer) == expected)
    }

    @Test func `pages follow each other by next and by link, each task once`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(7)
        var path = "/api/tasks?limit=3&q=task%20&status=inbox"
        var seen: [Int] = []
        for page in 1...3 {
            let answer = try await gateway.call(.get, path)
            seen += ids(answer)
            if page == 3 {
                #expect(answer["next"]?.isNull == true)
                #expect(answer.headers[.link] == nil)
                break
            }
            let next = try #require(answer["next"]?.string)
            let link = try #require(answer.headers[.link])
            #expect(link.hasPrefix("</api/tasks?") && link.hasSuffix(">; rel=\"next\""))
            path = String(link.dropFirst().prefix { $0 != ">" })
            #expect(path.contains("cursor=\(next)"))
            #expect(path.contains("limit=3") && path.contains("q=task%20") && path.contains("status=inbox"))
        }
        #expect(seen == Array(1...7))
    }

    @Test(arguments: [
        ("?limit=0", "limit"), ("?limit=201", "limit"), ("?limit=-1", "limit"), ("?limit=+5", "limit"),
        ("?limit=5.0", "limit"),
        ("?limit=", "limit"), ("?limit=99999999999999999999", "limit"), ("?limit=%D9%A1", "limit"),
        ("?cursor=", "cursor"),
        ("?cursor=x", "cursor"), ("?cursor=t-1", "cursor"), ("?cursor=t01", "cursor"), ("?cursor=T1", "cursor"),
        ("?unknown=1", "unknown"),
        ("?Board=main", "Board"), ("?board=main&board=main", "board"), ("?limit=1&limit=2", "limit"),
        ("?tenant=other", "tenant"),
        ("?token=x", "token"), ("?q=%FF", ""), ("?q=%C0%AF", ""), ("?q=%", ""), ("?q=%4", ""), ("?q=%zz", ""),
        ("?%ED%A0%80=1", ""), ("?=1", ""),
    ])
    func `a query that can't be understood is refused and named`(query: String, pointer: String) async throws {
        let answer = try await TestGateway().call(.get, "/api/tasks" + query)
        #expect(answer.status == 400)
        #expect(answer.code == "invalid_query")
        let errors = answer["errors"]?.array ?? []
        #expect(pointer.isEmpty ? errors.count == 1 : answer.pointers == [pointer])
    }

    @Test(arguments: ["?board=nothing", "?board=MAIN", "?board=", "?board=main%00", "?board=../main"])
    func `a board that is not there is not found`(query: String) async throws {
        let answer = try await TestGateway().call(.get, "/api/tasks" + query)
        #expect(answer.status == 404)
    }

    @Test func `a token for one board sees that board's tasks and may not ask for another's`() async throws {
        let gateway = try await filled()
        let token = try TestGateway.token(boards: ["plan"])
        #expect(ids(try await gateway.call(.get, "/api/tasks", as: token)) == [4])
        #expect(try await gateway.call(.get, "/api/tasks?board=main", as: token).status == 403)
        #expect(ids(try await gateway.call(.get, "/api/tasks", as: try TestGateway.token(boards: []))) == [])
    }
}
