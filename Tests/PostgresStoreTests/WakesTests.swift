import Boards
import Contracts
import Events
import Synchronization
import TestSupport
import Testing

@testable import PostgresStore

// The suites of this module share a database, one test at a time.
extension PostgresBoardStoreTests {
    /// Nodes of one database tell each other how far its logs have come.
    @Suite struct WakesTests {
        private static let acme = Principal.ann.tenant

        private func store(_ place: PostgresPlace, direct: PostgresPlace? = nil) throws -> PostgresBoardStore {
            try PostgresBoardStore(place, direct: direct, settings: .patient) {
                1_768_473_000_000
            } announce: { _ in
            }
        }

        private func write(_ store: PostgresBoardStore) async throws -> Int {
            try await store.write(.createTask(TaskDraft(object(#"{"name":"a"}"#))), by: .ann, once: nil).seq
        }

        @Test func `what one node commits another hears of, if it keeps the tenant`() async throws {
            let place = try TestServer.shared().emptied()
            let (one, other) = (try store(place), try store(place))
            let probe = FollowerProbe()
            other.follow(probe)
            let before = try await write(one)
            probe.keep(Self.acme, at: try await other.bounds(of: Self.acme).cursor)
            #expect(try await comesTrue { other.wakes.hears })
            let head = try await write(one)
            #expect(head == before + 1)
            #expect(try await comesTrue { probe.head(of: Self.acme) == head })
            #expect(probe.doubts.isEmpty)
            await one.close()
            await other.close()
        }

        @Test func `wakes of another kind reach all nodes, and each is told when some may have been lost`() async throws
        {
            let place = try TestServer.shared().emptied()
            let stores = [try store(place), try store(place)]
            let heard = Mutex<[[String]]>([[], []])
            let missed = Mutex([0, 0])
            for (index, store) in stores.enumerated() {
                store.wakes.hear("boardcast_test") { payload in
                    heard.withLock { $0[index].append(payload) }
                } mayHaveMissed: {
                    missed.withLock { $0[index] += 1 }
                }
                store.follow(FollowerProbe())
            }
            #expect(try await comesTrue { stores.allSatisfy { $0.wakes.hears } && missed.withLock { $0.min()! } > 0 })
            #expect(stores[0].wakes.tell("boardcast_test", "ünï"))
            stores[0].wakes.tell("boardcast_test", "2")
            #expect(try await comesTrue { heard.withLock { $0 == [["ünï", "2"], ["ünï", "2"]] } })
            #expect(!stores[0].wakes.tell("boardcast_test", String(repeating: "x", count: 8000)))
            #expect(!stores[0].wakes.tell("boardcast_test", "\u{0}"))

            let before = missed.withLock { $0 }
            let connection = try Connection(place, by: .now() + .seconds(60))
            try connection.run(
                [
                    Statement(
                        "SELECT pg_terminate_backend(pid)::int::int8 FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                    )
                ],
                by: .now() + .seconds(60))
            #expect(try await comesTrue { missed.withLock { zip($0, before).allSatisfy(>) } })
            #expect(
                try await comesTrue {
                    stores[1].wakes.tell("boardcast_test", "again")
                    return heard.withLock { $0.allSatisfy { $0.contains("again") } }
                })
            for store in stores { await store.close() }
        }

        @Test func `where notifications do not come it is said, and heads are polled`() async throws {
            let server = try TestServer.shared()
            let place = try server.emptied()
            // What is told there is not heard here, as behind a pooler.
            let (one, other) = (try store(place), try store(place, direct: server.place("template1")))
            let probe = FollowerProbe()
            other.follow(probe)
            probe.keep(Self.acme, at: try await other.bounds(of: Self.acme).cursor)
            let head = try await write(one)
            #expect(try await comesTrue { probe.head(of: Self.acme) == head })
            #expect(try await comesTrue { other.wakes.check.status == .warning })
            #expect(other.wakes.check.reason == "deaf")
            await one.close()
            await other.close()
        }

        @Test func `a head below the one that was known, or of another epoch, is doubted`() async throws {
            let place = try TestServer.shared().emptied()
            let store = try store(place)
            for _ in 0..<3 { _ = try await write(store) }
            let bounds = try await store.bounds(of: Self.acme)
            let connection = try Connection(place, by: .now() + .seconds(60))
            let (runs, other, unknown) = (
                KnownRuns([Run(number: 1, epoch: .random())]), TenantID("b")!, Epoch(rawValue: 7)
            )
            func ask(_ tenant: TenantID, _ seq: Int, _ epoch: Epoch) throws -> [HeadsPoll.Finding] {
                try HeadsPoll.ask(
                    [(tenant: tenant, place: Cursor(seq: seq, epoch: epoch))], runs, on: connection,
                    by: .now() + .seconds(60))
            }
            #expect(try ask(Self.acme, 3, bounds.epochs.current).isEmpty)
            #expect(runs.newest.epoch == bounds.epochs.current)
            #expect(try ask(Self.acme, 2, bounds.epochs.current).map(\.isLost) == [false])
            #expect(try ask(Self.acme, 2, bounds.epochs.current).map(\.head) == [3])
            #expect(try ask(Self.acme, 4, bounds.epochs.current).map(\.isLost) == [true])
            #expect(try ask(Self.acme, 3, unknown).map(\.isLost) == [true])
            #expect(try ask(other, 0, bounds.epochs.current).isEmpty)
            #expect(try ask(other, 1, bounds.epochs.current).map(\.isLost) == [true])
            await store.close()
        }

        @Test func `a payload says what it was made of, in as many as it takes`() {
            let heads = Dictionary(
                uniqueKeysWithValues: (1...5000).map {
                    (TenantID("tenant.\($0)-" + String(repeating: "x", count: 40))!, $0)
                })
            let payloads = WakePayload.encode(heads)
            #expect(payloads.allSatisfy { $0.payload.utf8.count <= WakePayload.mostBytes })
            var found: [TenantID: Int] = [:]
            for (channel, payload) in payloads {
                for (tenant, head) in WakePayload.decode(payload) {
                    found[tenant] = head
                    #expect(WakeShards.channel(WakeShards.shard(of: tenant)) == channel)
                }
            }
            #expect(found == heads)
            #expect(WakePayload.decode("a\nb c\nb -1\nb 1 2\n!! 3\n\nc 9007199254740992\nd 4").map(\.head) == [4])
        }
    }
}
