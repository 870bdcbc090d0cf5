import Events
import HTTPTypes
import Rooms
import StrictJSON
import TestSupport
import Testing

@testable import Gateway

@Suite(.serialized) struct MetricsCallsTests {
    private func metrics(
        of gateway: TestGateway, from peer: String?, headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await ConnectionPeer.$announced.withValue(peer.flatMap { ClientAddress($0) }) {
            try await gateway.call(.get, "/metrics", as: nil, headers: headers)
        }
    }

    @Test func `connections are counted while they are open and when they have ended`() async throws {
        let gateway = try TestGateway()
        let connection = try await TestConnection.open(on: gateway, user: "ann")
        try await gateway.addTasks(1)
        _ = try await connection.text(until: #""seq":1"#)
        let open = try await metrics(of: gateway, from: "127.0.0.1")
        #expect(open.status == 200)
        #expect(open.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(open.text.contains("\nboardcast_connections{transport=\"sse\"} 1\n"))
        #expect(open.text.contains("\nboardcast_connections{transport=\"websocket\"} 0\n"))
        #expect(open.text.contains("\nboardcast_connects_total 1\n"))
        #expect(!open.text.contains("\"ann") && !open.text.contains("acme"))
        try await connection.close()
        let closed = try await metrics(of: gateway, from: "::1").text
        #expect(closed.contains("\nboardcast_connections{transport=\"sse\"} 0\n"))
        #expect(closed.contains("\nboardcast_disconnects_total{reason=\"gone\"} 1\n"))
    }

    @Test func `requests and refusals are counted by what they are, and name nobody`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(2)
        _ = try await gateway.call(.get, "/api/tasks/7")
        _ = try await gateway.call(.get, "/nowhere")
        _ = try await gateway.call(.get, "/api/tasks", as: "not.a.token")
        _ = try await gateway.call(.get, "/api/tasks", as: try TestGateway.token(expires: TestGateway.second - 3600))
        _ = try await gateway.call(.get, "/api/tasks", as: nil)
        let text = try await metrics(of: gateway, from: "127.0.0.1").text
        for sample in [
            #"boardcast_http_requests_total{call="tasks.create",status="201"} 2"#,
            #"boardcast_http_requests_total{call="tasks.show",status="404"} 1"#,
            #"boardcast_http_requests_total{call="none",status="404"} 1"#,
            #"boardcast_http_requests_total{call="tasks.list",status="401"} 3"#,
            "boardcast_http_request_seconds_count 7",
            #"boardcast_auth_failures_total{rule="expiry"} 1"#, #"boardcast_auth_failures_total{rule="audience"} 0"#,
            #"boardcast_limited_total{limit="writes"} 0"#, #"boardcast_jobs{status="queued"} 0"#,
        ] {
            #expect(text.contains("\n\(sample)\n"), "\(sample)")
        }
        #expect(!text.contains("\"ann") && !text.contains("acme"))
    }

    @Test func `writes beyond the limit are counted as limited`() async throws {
        var settings = GatewaySettings()
        settings.writes = PerTenant(RateLimit(perSecond: 1, burst: 1))
        let gateway = try TestGateway(settings, uptime: { 1_000_000_000 })
        for _ in 1...3 { _ = try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a"}"#) }
        let text = try await metrics(of: gateway, from: "127.0.0.1").text
        #expect(text.contains("\nboardcast_limited_total{limit=\"writes\"} 2\n"))
    }

    @Test func `jobs are counted while they are not finished`() async throws {
        let gateway = try TestGateway()
        let job = try await gateway.call(.post, "/api/jobs", nil, #"{"name":"a"}"#)
        let id = try #require(job["job"]?.object?["id"]?.string)
        #expect(try await metrics(of: gateway, from: "::1").text.contains("boardcast_jobs{status=\"queued\"} 1\n"))
        _ = try await gateway.call(.patch, "/api/jobs/\(id)", nil, #"{"status":"processing"}"#)
        #expect(try await metrics(of: gateway, from: "::1").text.contains("boardcast_jobs{status=\"processing\"} 1\n"))
        _ = try await gateway.call(.patch, "/api/jobs/\(id)", nil, #"{"status":"completed"}"#)
        #expect(try await metrics(of: gateway, from: "::1").text.contains("boardcast_jobs{status=\"processing\"} 0\n"))
    }

    @Test func `they are for this machine alone, and for nothing that a proxy has passed on`() async throws {
        let gateway = try TestGateway()
        for peer in ["192.0.2.1", "10.0.0.1", "2001:db8::1", nil] {
            #expect(try await metrics(of: gateway, from: peer).status == 404)
        }
        for name in ["X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto"] {
            let fields: HTTPFields = [HTTPField.Name(name)!: "127.0.0.1"]
            #expect(try await metrics(of: gateway, from: "127.0.0.1", headers: fields).status == 404, "\(name)")
        }
        #expect(try await metrics(of: gateway, from: "127.0.0.2").status == 200)
    }
}

struct MetricsTextTests {
    @Test func `a family has its help, its type and its samples`() {
        var metrics = MetricsText()
        metrics.add(.gauge, "a_seconds", "How long.", 0.25)
        metrics.add(.counter, "b_total", "How\noften \"\\\".", by: "kind", [("x", 1), ("\"\\\n", 1e6)])
        #expect(
            metrics.text == #"""
                # HELP a_seconds How long.
                # TYPE a_seconds gauge
                a_seconds 0.25
                # HELP b_total How\noften "\\".
                # TYPE b_total counter
                b_total{kind="x"} 1
                b_total{kind="\"\\\n"} 1000000

                """#)
    }

    @Test func `a family of two labels has both, and a histogram counts from below`() {
        var metrics = MetricsText()
        metrics.add(.counter, "a_total", "A.", by: "call", "status", [("x.y", "200", 2)])
        var histogram = Histogram([0.5, 2])
        for value in [0.25, 1, 1, 3] { histogram.add(value) }
        metrics.add("b_seconds", "B.", histogram)
        #expect(
            metrics.text == """
                # HELP a_total A.
                # TYPE a_total counter
                a_total{call="x.y",status="200"} 2
                # HELP b_seconds B.
                # TYPE b_seconds histogram
                b_seconds_bucket{le="0.5"} 1
                b_seconds_bucket{le="2"} 3
                b_seconds_bucket{le="+Inf"} 4
                b_seconds_sum 5.25
                b_seconds_count 4

                """)
    }

    @Test func `each limit that a refusal may name is the code of a refusal`() {
        let refusals = [Problem.bodiesFull, .answersFull]
        #expect(refusals.allSatisfy { $0.limit != nil })
        #expect(Problem.notFound.limit == nil)
    }

    @Test func `each way to end has a label, and stalled streams one alone`() {
        var counters = LoopCounters()
        counters.endings = [.stalled: 2, .closed(.stalled): 3, .closed(.admin): 1]
        var metrics = MetricsText()
        metrics.add(counters)
        #expect(metrics.text.contains("\nboardcast_disconnects_total{reason=\"admin\"} 1\n"))
        #expect(metrics.text.contains("\nboardcast_disconnects_total{reason=\"stalled\"} 5\n"))
    }
}
