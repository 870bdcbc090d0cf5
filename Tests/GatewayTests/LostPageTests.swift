import HTTPTypes
import Testing

@testable import Gateway

@Suite struct LostPageTests {
    private static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    @Test func `a browser at a wrong address gets a page with the way to the board`() async throws {
        let gateway = try TestGateway()
        for path in ["/nothing", "/assets/nothing.js", "/api/nothing"] {
            let answer = try await gateway.call(.get, path, as: nil, headers: [.accept: Self.browser])
            #expect(answer.status == 404)
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            #expect(answer.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(answer.text.contains(#"<a href="/">"#) && !answer.text.contains("nothing\""))
        }
        let head = try await gateway.call(.head, "/nothing", as: nil, headers: [.accept: Self.browser])
        #expect(head.status == 404 && head.bytes.isEmpty)
    }

    @Test(arguments: [nil, "*/*", "application/json", "application/json, text/html", "text/htmlx", "text/plain"])
    func `a program gets the problem document`(accept: String?) async throws {
        let headers: HTTPFields = accept.map { [.accept: $0] } ?? [:]
        let answer = try await TestGateway().call(.get, "/nothing", as: nil, headers: headers)
        #expect(answer.status == 404 && answer.code == "not_found")
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test func `what a call does not find stays a problem document`() async throws {
        let gateway = try await TestGateway.furnished()
        for path in ["/api/tasks/999", "/api/boards/nothing"] {
            let answer = try await gateway.call(.get, path, "admin", headers: [.accept: Self.browser])
            #expect(answer.status == 404 && answer.code == "not_found")
        }
        let answer = try await gateway.call(.post, "/nothing", "admin", headers: [.accept: Self.browser])
        #expect(answer.status == 404 && answer.code == "not_found")
    }

    @Test func `behind a proxy its links have the prefix, and nothing that could be markup`() {
        let text = LostPage.page(under: "/boards\"><script>")
        #expect(text.contains(#"<a href="/boardsscript/">"#) && !text.contains("<script>"))
    }
}
