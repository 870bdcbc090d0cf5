import Events
import HTTPTypes
import Rooms
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
        #expect(!open.text.contains("ann") && !open.text.contains("acme"))
        try await connection.close()
        let closed = try await metrics(of: gateway, from: "::1").text
        #expect(closed.contains("\nboardcast_connections{transport=\"sse\"} 0\n"))
        #expect(closed.contains("\nboardcast_disconnects_total{reason=\"gone\"} 1\n"))
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

    @Test func `each way to end has a label, and stalled streams one alone`() {
        var counters = LoopCounters()
        counters.endings = [.stalled: 2, .closed(.stalled): 3, .closed(.admin): 1]
        var metrics = MetricsText()
        metrics.add(counters)
        #expect(metrics.text.contains("\nboardcast_disconnects_total{reason=\"admin\"} 1\n"))
        #expect(metrics.text.contains("\nboardcast_disconnects_total{reason=\"stalled\"} 5\n"))
    }
}
