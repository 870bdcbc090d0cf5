import Boards
import Contracts
import Events
import GRDB
import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import Rooms
import StrictJSON
import Testing
import Tokens

@testable import Gateway
@testable import SQLiteStore

/// A client is told that the store failed; the log has why, under the id that the client was given.
@Suite struct StoreFailureTests {
    private let lines = LogLines()
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private static let secret = "what the task is about"

    /// - Parameter damage: SQL, run when acme has one task and before the gateway reads anything.
    private func test(
        damage: String, _ body: @escaping @Sendable (LiveGateway, _ token: String) async throws -> Void
    ) async throws {
        let relay = Relay(limits: RoomLimits(), clock: { TestGateway.now })
        let store = try SQLiteBoardStore(.memory, logger: lines.logger, now: { TestGateway.now }) {
            relay.announce($0)
        }
        let ann = Principal(tenant: TenantID("acme")!, user: UserID("ann")!)
        let draft = try TaskDraft(try #require(JSONParser.parse(#"{"name":"\#(Self.secret)"}"#.utf8).object))
        _ = try await store.write(.createTask(draft), by: ann, once: nil)
        try await store.database.writeWithoutTransaction { try $0.execute(sql: damage) }
        relay.start(history: store, on: group.makeIterator())
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(secret: TestGateway.secret)]))
        let jobs = JobKeeper(store: store, patience: .seconds(300), uptime: Uptime.now)
        let gateway = Gateway(
            authenticator: Authenticator(verifier: verifier) { TestGateway.now }, jobs: jobs, admin: store,
            audit: AuditLog(store: store, logger: lines.logger) { TestGateway.now }, relay: relay,
            presence: PresenceHub(for: relay, on: group.next()), assets: [], settings: GatewaySettings())
        let token = try TestGateway.token()
        try await LiveGateway.run(gateway, on: group, logger: lines.logger) { try await body($0, token) }
        await store.close()
        #expect(!lines.all.contains { $0.contains(Self.secret) || $0.contains(token) })
    }

    /// The one line of the log that has both.
    private func line(with words: String, id: String?) throws -> String {
        let id = try #require(id)
        return try #require(lines.all.first { $0.contains(words) && $0.contains("=\(id)") }, "\(lines.all)")
    }

    private func id(in answer: Answer) throws -> String? {
        try JSONParser.parse(answer.bytes).object?["requestId"]?.string
    }

    @Test(.timeLimit(.minutes(10))) func `a write that fails`() async throws {
        try await test(damage: "DROP TABLE board_heads") { [self] client, token in
            let answer = try await client.call(
                .post, "/api/tasks", as: token, #"{"name":"\#(Self.secret)"}"#)
            #expect(answer.status == 500)
            #expect(String(decoding: answer.bytes, as: UTF8.self).contains(#""code":"storage""#))
            let line = try line(with: "no such table: board_heads", id: id(in: answer))
            #expect(line.hasPrefix("info store failed") && line.contains("SQLite failed with 1 ("))
            #expect(lines.all.filter { $0.contains("store failed") }.count == 1)
            #expect(lines.all.filter { $0.hasPrefix("error") }.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(10))) func `a read that fails`() async throws {
        try await test(damage: "UPDATE tasks SET priority = 'odd'") { [self] client, token in
            for path in ["/api/tasks/1", "/api/tasks", "/api/boards/main/snapshot"] {
                let answer = try await client.call(.get, path, as: token)
                #expect(answer.status == 500)
                _ = try line(with: "a row of tasks can't be read", id: id(in: answer))
            }
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["/sse/connect", "/api/events/stream", "/api/events?wait=1"])
    func `a log that can't be read`(_ path: String) async throws {
        try await test(damage: "DROP TABLE events") { [self] client, token in
            let answer = try await client.call(.get, path, as: token)
            #expect(answer.status == (path.hasPrefix("/api/events?") ? 500 : 503))
            let line = try line(with: "no such table: events", id: id(in: answer))
            #expect(line.hasPrefix("info store failed"))
        }
    }

    @Test func `an error that nobody expected is logged by its type, under the id`() throws {
        struct Odd: Error { let secret = "what the task is about" }
        let problem = Problem(answering: Odd(), logger: lines.logger, ["connection": "7"])
        #expect(problem.code == "internal")
        #expect(lines.all == ["error request failed connection=7 error=Odd"])
    }
}
