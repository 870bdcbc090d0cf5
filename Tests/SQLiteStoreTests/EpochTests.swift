import Boards
import Contracts
import Events
import Foundation
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

/// Which epoch a number was given in, over restarts, copies that are put back, and years.
@Suite struct EpochTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.path("board.sqlite") }

    private func open(retention: Int = 100_000) throws -> TestStore {
        try TestStore(retention: retention) { retention, now, uptime, announce in
            var settings = StoreSettings()
            settings.retention.standard = retention
            return try SQLiteBoardStore(.file(path), settings: settings, now: now, uptime: uptime, announce: announce)
        }
    }

    private func write(_ count: Int, to store: TestStore, by author: Principal = .ann) async throws {
        for _ in 0..<count { try await store.create(#"{"name":"a"}"#, by: author) }
    }

    private func bounds(_ store: TestStore, of author: Principal = .ann) async throws -> LogBounds {
        try await store.store.bounds(of: author.tenant)
    }

    private func change(_ statements: String...) async throws {
        let other = try DatabaseQueue(path: path)
        try await other.write { db in for sql in statements { try db.execute(sql: sql) } }
        try other.close()
    }

    @Test func `each run numbers in an epoch of its own, and cursors of all of them are honoured`() async throws {
        var cursors: [Events.Cursor] = []
        var log: [Events.Cursor] = []
        for count in [3, 0, 2, 0, 0, 4] {
            let store = try open()
            #expect(!cursors.map(\.epoch).contains(store.store.epoch))
            try await write(count, to: store)
            #expect(store.announced.allSatisfy { $0.epoch == store.store.epoch })
            log += store.announced.map(\.cursor)
            // The second kind is of a client that knows the run's epoch and the number.
            cursors += store.announced.map(\.cursor) + [Events.Cursor(seq: log.count, epoch: store.store.epoch)]
            let bounds = try await bounds(store)
            for cursor in cursors { #expect(Resumption(cursor, in: bounds) == .replay(after: cursor)) }
            #expect(try await store.log().map(\.cursor) == log)
            #expect(bounds.cursor == log.last)
            await store.close()
        }
    }

    @Test func `the place before the first event stays where it is`() async throws {
        let first = try open()
        let place = try await bounds(first).cursor
        try await write(1, to: first, by: .eve)
        await first.close()
        let second = try open()
        #expect(try await bounds(second).cursor == place)
        try await write(2, to: second)
        let (mine, others) = (try await bounds(second), try await bounds(second, of: .eve))
        #expect(Resumption(place, in: mine) == .replay(after: place))
        #expect(Resumption(place, in: others) == .replay(after: place))
        #expect(mine.cursor.epoch == second.store.epoch && others.cursor.epoch == first.store.epoch)
        await second.close()
    }

    @Test func `cursors of a life that was lost do not count in the next, those from before it do`() async throws {
        let before = try open()
        try await write(5, to: before)
        await before.close()
        let kept = try Data(contentsOf: URL(fileURLWithPath: path))
        let lost = try open()
        try await write(5, to: lost)
        await lost.close()
        try kept.write(to: URL(fileURLWithPath: path))
        let after = try open()
        try await write(20, to: after)
        let bounds = try await bounds(after)
        for place in lost.announced.map(\.cursor) { #expect(Resumption(place, in: bounds) == .resync(.epochChanged)) }
        for place in (before.announced + after.announced).map(\.cursor) {
            #expect(Resumption(place, in: bounds) == .replay(after: place))
        }
        await after.close()
    }

    @Test func `a copy from the middle of a run knows what that run gave until then`() async throws {
        let before = try open()
        try await write(5, to: before)
        let copy = try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: path + $0)) }
        try await write(5, to: before)
        await before.close()
        for (suffix, bytes) in zip(["", "-wal"], copy) { try bytes.write(to: URL(fileURLWithPath: path + suffix)) }
        let after = try open()
        try await write(20, to: after)
        let bounds = try await bounds(after)
        for place in before.announced.map(\.cursor) {
            #expect(Resumption(place, in: bounds) == (place.seq <= 5 ? .replay(after: place) : .resync(.epochChanged)))
        }
        await after.close()
    }

    @Test func `a database from before there were epochs goes on, and its cursors are honoured`() async throws {
        let database = try DatabaseQueue(path: path)
        try Migrations.all(now: 0).migrate(database, upTo: "4: checksums")
        let old = try await database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO tenants (name, head, oldest, last_task) VALUES ('\(Principal.ann.tenant)', 2, 1, 0);
                    INSERT INTO boards VALUES (1, 'main', 'Main', '["inbox"]', 1, 0, 0, NULL);
                    INSERT INTO events VALUES (1, 1, 'main', NULL, 'a.b', 1768473000000, x'7b7d', NULL),
                        (1, 2, 'main', NULL, 'a.b', 1768473000000, x'7b7d', NULL);
                    """)
            return try Int.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'epoch'")
        }
        try database.close()
        let epoch = Epoch(rawValue: UInt32(try #require(old)))
        let store = try open()
        try await write(1, to: store)
        let bounds = try await bounds(store)
        for seq in 0...2 {
            let place = Events.Cursor(seq: seq, epoch: epoch)
            #expect(Resumption(place, in: bounds) == .replay(after: place))
        }
        #expect(Resumption(Events.Cursor(seq: 3, epoch: epoch), in: bounds) == .resync(.epochChanged))
        #expect(bounds.cursor == Events.Cursor(seq: 3, epoch: store.store.epoch) && store.store.epoch != epoch)
        #expect(try await store.log().map(\.epoch) == [epoch, epoch, store.store.epoch])
        await store.close()
    }

    @Test func `epochs go with the numbers that were given in them`() async throws {
        var places: [Events.Cursor] = []
        for _ in 0..<6 {
            let store = try open(retention: 10)
            try await write(10, to: store)
            places.append(try await bounds(store).cursor)
            await store.close()
        }
        let store = try open(retention: 10)
        let sqlite = try #require(store.store as? SQLiteBoardStore)
        try await sqlite.doChores(at: store.time)
        #expect(try await sqlite.count("epochs") == 2, "that of the oldest place, 50, and that of the newest number")
        let bounds = try await bounds(store)
        #expect(bounds.oldest == 51 && bounds.cursor == places[5])
        #expect(Resumption(places[4], in: bounds) == .replay(after: places[4]))
        for place in places[..<4] { #expect(Resumption(place, in: bounds) == .resync(.cursorExpired)) }
        await store.close()
    }

    @Test func `of runs without a number the last thousand are remembered, and the first`() async throws {
        var store = try open()
        try await write(1, to: store, by: .eve)
        let first = try await bounds(store).cursor
        await store.close()
        store = try open()
        try await write(1, to: store)
        let second = try await bounds(store).cursor
        await store.close()
        store = try open()
        let forgotten = Events.Cursor(seq: 0, epoch: store.store.epoch)
        await store.close()
        let other = try DatabaseQueue(path: path)
        try await other.write { db in
            for number in 4...1100 {
                try EpochTable.begin(Run(number: number, epoch: Epoch(rawValue: UInt32(number))), in: db)
            }
        }
        try other.close()
        store = try open()
        let bounds = try await bounds(store)
        for place in [first, second, Events.Cursor(seq: 1, epoch: Epoch(rawValue: 102))] {
            #expect(Resumption(place, in: bounds) == .replay(after: place))
        }
        for place in [forgotten, Events.Cursor(seq: 1, epoch: Epoch(rawValue: 101))] {
            #expect(Resumption(place, in: bounds) == .resync(.epochChanged))
        }
        await store.close()
    }

    @Test func `a run that a full disk keeps from being logged is logged with its first number`() async throws {
        let database = try DatabaseQueue(path: path)
        try Migrations.all(now: 0).migrate(database)
        try await database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        func logged(_ run: Run) async throws -> Bool {
            try await database.read { try EpochTable.runs(in: $0).contains { $0.number == run.number } }
        }
        var log = try RunLog(beginningIn: database, isNew: false)
        while try await logged(log.current) { log = try RunLog(beginningIn: database, isNew: false) }
        #expect(log.runs.current == log.current.epoch)
        let run = log.current
        try await database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000") }
        try await database.write { try EpochTable.note(run, after: 0, of: 1, in: $0) }
        #expect(try await logged(run))
        try database.close()
    }

    @Test func `a write that is refused begins no epoch`() async throws {
        try await open().close()
        let store = try open()
        let sqlite = try #require(store.store as? SQLiteBoardStore)
        await #expect(throws: BoardError.self) { try await store.write(.deleteTask(7)) }
        #expect(try await sqlite.count("epochs") == 0)
        await store.close()
    }

    @Test(arguments: [
        ("DELETE FROM runs WHERE number = 1", "a row of runs can't be read: the first is missing"),
        ("UPDATE runs SET epoch = 0 WHERE number = 1", "a row of runs can't be read: its epoch is out of range"),
        ("UPDATE runs SET epoch = epoch - 1 WHERE number = 2", "a row of runs can't be read: its checksum is another"),
        ("DELETE FROM runs WHERE number = 2", "an epoch begins beyond the log's end, or is of an unknown run"),
        ("UPDATE epochs SET after = 5", "an epoch begins beyond the log's end, or is of an unknown run"),
    ])
    func `a log of epochs that can't be right is refused at the start`(sql: String, reason: String) async throws {
        for _ in 0..<2 {
            let store = try open()
            try await write(1, to: store)
            await store.close()
        }
        try await change(sql)
        #expect(throws: SQLiteStoreError.damaged(path: path, reason: reason)) { try open() }
    }

    @Test func `a damaged span is refused with all that it names, and no other tenant's`() async throws {
        for _ in 0..<2 {
            let store = try open()
            for author in [Principal.ann, .eve] { try await write(2, to: store, by: author) }
            await store.close()
        }
        try await change("UPDATE epochs SET after = 1 WHERE tenant = 1")
        let store = try open()
        let sqlite = try #require(store.store as? SQLiteBoardStore)
        #expect(sqlite.condition.unreadableRows == 1)
        await #expect(throws: StoreFailure.self) { try await store.store.bounds(of: Principal.ann.tenant) }
        #expect(try await bounds(store, of: .eve).head == 4)
        await store.close()
    }
}

extension SQLiteBoardStore {
    fileprivate func count(_ table: String) async throws -> Int {
        try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    /// A whole round.
    fileprivate func doChores(at time: Timestamp) async throws {
        try await database.writeWithoutTransaction { [settings] db in
            var chores = Chores(settings)
            while try chores.step(by: .steady(at: time), in: db) {}
        }
    }
}
