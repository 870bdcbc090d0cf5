import Boards
import Contracts
import Events
import TestSupport
import Testing

@testable import PostgresStore

// The suites of this module share a database, one test at a time.
extension PostgresBoardStoreTests {
    /// A run of the log lasts as long as its server and its tables, however many nodes come and go.
    @Suite struct RunsTests {
        private static let acme = Principal.ann.tenant

        private func store(_ place: PostgresPlace) throws -> PostgresBoardStore {
            try PostgresBoardStore(place, settings: .patient) {
                1_768_473_000_000
            } announce: { _ in
            }
        }

        private func write(_ store: PostgresBoardStore) async throws {
            _ = try await store.write(.createTask(TaskDraft(object(#"{"name":"a"}"#))), by: .ann, once: nil)
        }

        private func run(_ sql: String, at place: PostgresPlace) throws {
            let connection = try Connection(place, by: .now() + .seconds(60))
            try connection.run(sql.split(separator: ";").map { Statement(String($0)) }, by: .now() + .seconds(60))
        }

        @Test func `nodes that start beside and after each other give numbers in one epoch`() async throws {
            let place = try TestServer.shared().emptied()
            let one = try store(place)
            try await write(one)
            let other = try store(place)
            try await write(other)
            #expect(one.epoch == other.epoch)
            await one.close()
            let third = try store(place)
            try await write(third)
            let bounds = try await other.bounds(of: Self.acme)
            for seq in 1...3 { #expect(bounds.epochs.epoch(of: seq) == one.epoch) }
            await other.close()
            await third.close()
        }

        static let ends = [
            // Of another server, another database, and copied row by row.
            "UPDATE boardcast.runs SET server = server - 1",
            "UPDATE boardcast.runs SET database = database + 1",
            """
            CREATE TABLE boardcast.copy AS SELECT * FROM boardcast.runs; DELETE FROM boardcast.runs;
            INSERT INTO boardcast.runs SELECT * FROM boardcast.copy; DROP TABLE boardcast.copy
            """,
        ]

        @Test(arguments: ends)
        func `where it is another server's or a copy, the next number begins another, and nothing is lost by that`(
            _ end: String
        ) async throws {
            let place = try TestServer.shared().emptied()
            let (one, other) = (try store(place), try store(place))
            for _ in 0..<2 { try await write(one) }
            let before = try await other.bounds(of: Self.acme)
            try run(end, at: place)
            try await write(other)
            try await write(one)
            for store in [one, other] {
                let after = try await store.bounds(of: Self.acme)
                #expect(after.epochs.current != before.epochs.current)
                #expect(after.epochs.epoch(of: 2) == before.epochs.current)
                #expect(after.epochs.epoch(of: 3) == after.epochs.current)
                #expect(after.epochs.epoch(of: 4) == after.epochs.current)
                #expect(store.epoch == after.epochs.current)
                #expect(Resumption(before.cursor, in: after) == .replay(after: before.cursor))
                let lost = Cursor(seq: 3, epoch: before.epochs.current)
                #expect(Resumption(lost, in: after) == .resync(.epochChanged))
            }
            await one.close()
            await other.close()
        }

        @Test func `a run that began with a write which was undone is none`() async throws {
            let place = try TestServer.shared().emptied()
            let store = try store(place)
            try await write(store)
            let before = store.epoch
            try run("UPDATE boardcast.runs SET server = server - 1", at: place)
            // Nothing is written, and the transaction ends without a commit.
            await #expect(throws: BoardError.self) {
                try await store.write(.deleteTask(99), by: .ann, once: nil)
            }
            #expect(try await store.bounds(of: Self.acme).epochs.current == before)
            try await write(store)
            let bounds = try await store.bounds(of: Self.acme)
            #expect(bounds.epochs.current != before && bounds.epochs.epoch(of: 2) == bounds.epochs.current)
            await store.close()
        }
    }
}
