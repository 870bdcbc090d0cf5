import Boards
import Events
import HTTPTypes
import Rooms
import StrictJSON
import Synchronization
import Testing

@testable import Gateway

/// What `/readyz` says, plain and verbose.
@Suite struct ReadinessTests {
    private final class Parts: Sendable {
        let checks = Mutex([HealthCheck("writes")])
    }

    private func checks(_ answer: Answer) throws -> [String: JSONObject] {
        let members = try #require(answer["checks"]?.object).members
        return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.object ?? JSONObject()) })
    }

    @Test func `verbose has a check for each part, and the parts' own`() async throws {
        let gateway = try TestGateway()
        let answer = try await gateway.call(.get, "/readyz?verbose", as: nil)
        #expect(answer.status == 200 && answer["status"]?.string == "ready")
        let checks = try checks(answer)
        #expect(Set(checks.keys) == ["database", "acts", "announcing", "keys", "connections", "draining"])
        #expect(checks.values.allSatisfy { $0["status"]?.string == "ok" && $0.members.count == 1 })
        #expect(try await gateway.call(.get, "/readyz", as: nil).text == #"{"status":"ready"}"#)
        #expect(try await gateway.call(.get, "/readyz?verbose=0", as: nil).text == #"{"status":"ready"}"#)
        #expect(try await gateway.call(.get, "/readyz?verbose=2", as: nil).status == 400)
        #expect(try await gateway.call(.get, "/readyz?x", as: nil).status == 400)
        #expect(try await gateway.call(.head, "/readyz?verbose", as: nil).bytes.isEmpty)
    }

    @Test func `what fails makes it degraded and not unready`() async throws {
        let parts = Parts()
        let gateway = try TestGateway(checks: { parts.checks.withLock { $0 } })
        #expect(try await gateway.call(.get, "/readyz?verbose=1", as: nil)["status"]?.string == "ready")
        parts.checks.withLock {
            $0 = [
                HealthCheck(
                    "writes", .failing, reason: "disk_full", detail: "the disk is full", since: .seconds(90),
                    refused: [.locked: 2, .diskFull: 4422]),
                HealthCheck("wal", .warning, reason: "large"),
            ]
        }
        let answer = try await gateway.call(.get, "/readyz?verbose=1", as: nil)
        #expect(answer.status == 200 && answer["status"]?.string == "degraded")
        #expect(
            answer.text.contains(
                """
                "writes":{"status":"failing","reason":"disk_full","detail":"the disk is full",\
                "since":"2026-01-15T10:28:30.000Z","refused":{"disk_full":4422,"locked":2}},\
                "wal":{"status":"warning","reason":"large"}
                """))
        #expect(try await gateway.call(.get, "/readyz", as: nil).text == #"{"status":"ready"}"#)
    }

    @Test func `a gateway that goes down says so with its checks`() async throws {
        let gateway = try TestGateway()
        gateway.relay.drain()
        let answer = try await gateway.call(.get, "/readyz?verbose", as: nil)
        #expect(answer.status == 503 && answer.code == "draining" && answer.headers[.retryAfter] != nil)
        #expect(try checks(answer)["draining"]?["reason"]?.string == "draining")
        #expect(try checks(answer)["keys"]?["status"]?.string == "ok")
        #expect(try await gateway.call(.get, "/readyz", as: nil)["checks"] == nil)
    }
}
