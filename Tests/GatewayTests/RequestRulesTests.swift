import NIOHTTP1
import Testing

@testable import Gateway

/// Heads that two programs could read in two ways are refused; all others pass.
@Suite struct RequestRulesTests {
    private func code(
        _ fields: [(String, String)], method: HTTPMethod = .POST, version: HTTPVersion = .http1_1, host: String? = "x"
    ) -> String? {
        let all = (host.map { [("Host", $0)] } ?? []) + fields
        let head = HTTPRequestHead(version: version, method: method, uri: "/api/tasks", headers: HTTPHeaders(all))
        return refusal(of: head)?.code
    }

    private func refusal(of head: HTTPRequestHead) -> Problem? {
        do throws(Problem) { _ = try RequestRules(maxBodyBytes: 1000).accepted(head) } catch { return error }
        return nil
    }

    @Test(arguments: [
        (HTTPMethod.POST, "/api/import", true), (.POST, "/api/import?board=main", true), (.PUT, "/api/import", false),
        (.POST, "/api/import/", true), (.POST, "/api/imports", false), (.POST, "//api/import", true),
        (.POST, "http://x/api/import", true),
        (.POST, "/api/tasks?/api/import", false),
    ])
    func `a body of 20 MiB is for an import alone`(method: HTTPMethod, uri: String, isTaken: Bool) {
        func problem(_ length: Int) -> Problem? {
            let headers: HTTPHeaders = ["Host": "x", "Content-Length": String(length)]
            let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
            return refusal(of: head)
        }
        func code(_ length: Int) -> String? { problem(length)?.code }
        #expect(code(1000) == nil)
        #expect(code(20 << 20) == (isTaken ? nil : "body_too_large"))
        #expect(code((20 << 20) + 1) == "body_too_large")
        let namesSetting = problem((20 << 20) + 1)?.detail.contains("http.maxImportBytes")
        #expect(namesSetting == isTaken)
    }

    @Test(arguments: [
        "x", "localhost:8788", "board.example.com", "127.0.0.1:80", "[::1]:8788", "[fe80::1]", "", "x:", "a%20b",
    ])
    func `a host is taken`(host: String) {
        #expect(code([], host: host) == nil)
    }

    @Test(arguments: [
        "x y", "x/", "x:y", "x:80:80", "user@x", "[::1", "[]", "[::1]x", "x,y z", "http://x", "x?", "x#", "é", "x\t",
        "[:x:\u{1}]", "\"x\"",
    ])
    func `what is no host is refused`(host: String) {
        #expect(code([], host: host) == "bad_host")
    }

    @Test func `there is one host, and in HTTP 1_0 there may be none`() {
        #expect(code([], host: nil) == "bad_host")
        #expect(code([("Host", "x")]) == "bad_host")
        #expect(code([("host", "y")]) == "bad_host")
        #expect(code([], version: .http1_0, host: nil) == nil)
        #expect(code([("Host", "x")], version: .http1_0) == "bad_host")
    }

    @Test(arguments: ["chunked", "Chunked", "CHUNKED"])
    func `a body may come in chunks`(coding: String) {
        #expect(code([("Transfer-Encoding", coding)]) == nil)
        #expect(code([("Transfer-Encoding", coding)], version: .http1_0) == "bad_framing")
        #expect(code([("Transfer-Encoding", coding), ("Content-Length", "5")]) == "bad_framing")
        #expect(code([("Transfer-Encoding", coding), ("Transfer-Encoding", coding)]) == "transfer_coding")
    }

    @Test(arguments: ["gzip, chunked", "chunked, chunked", "identity", "", "chunked;q=1", "xchunked", "\u{212A}chun"])
    func `no other coding is taken`(coding: String) {
        #expect(code([("Transfer-Encoding", coding)]) == "transfer_coding")
    }

    @Test(arguments: ["0", "1", "1000", "0000000000000000000012"])
    func `a length in digits is taken`(length: String) {
        #expect(code([("Content-Length", length)]) == nil)
    }

    @Test(arguments: ["", "+1", "-1", "1 ", "1,1", "0x1", "1.0", "18446744073709551628", "9223372036854775808", "١"])
    func `a length that is no number is refused`(length: String) {
        #expect(code([("Content-Length", length)]) == "bad_framing")
        #expect(code([("Content-Length", length)], method: .GET) == "bad_framing")
    }

    @Test func `there is one length, and it is within the limit`() {
        #expect(code([("Content-Length", "5"), ("Content-Length", "5")]) == "bad_framing")
        #expect(code([("Content-Length", "1001")]) == "body_too_large")
        #expect(code([("Content-Length", "9223372036854775807")]) == "body_too_large")
    }

    @Test func `a tunnel is not made`() {
        #expect(code([], method: .CONNECT) == "method_unknown")
    }
}
