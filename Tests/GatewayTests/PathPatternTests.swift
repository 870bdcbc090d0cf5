import Testing

@testable import Gateway

@Suite struct PathPatternTests {
    @Test func `a pattern without a parameter is that path, byte by byte`() {
        let pattern: PathPattern = "/sse/connect"
        #expect(pattern.match("/sse/connect") == .exact)
        for path in ["", "/", "/sse", "/sse/connect/", "/sse/connects", "/SSE/connect", "sse/connect"] {
            #expect(pattern.match(path[...]) == nil, "\(path)")
        }
        #expect(pattern.path(with: "x") == "/sse/connect")
    }

    @Test func `a parameter is one segment that is not empty`() {
        let middle: PathPattern = "/api/jobs/:id/stream"
        let last: PathPattern = "/api/tasks/stream/:status"
        #expect(middle.match("/api/jobs/j%201/stream") == .with("j%201"))
        #expect(last.match("/api/tasks/stream/é") == .with("é"))
        for path in [
            "/api/jobs//stream", "/api/jobs/a/b/stream", "/api/jobs/a/stream/", "/api/jobs/a", "/api/jobs/",
            "/api/tasks/stream", "/api/tasks/stream/", "/api/tasks/stream/a/", "/api/tasks/stream/a/b",
        ] { #expect(middle.match(path[...]) == nil && last.match(path[...]) == nil, "\(path)") }
        #expect(middle.path(with: "7") == "/api/jobs/7/stream")
        #expect(last.path(with: "done") == "/api/tasks/stream/done")
    }
}
