import Boards
import Contracts
import Events
import Foundation
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct DatabaseFileTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("board.sqlite")
    }

    private func open() throws -> SQLiteBoardStore {
        try SQLiteBoardStore(.file(path)) {
            1_768_473_000_000
        } announce: { _ in
        }
    }

    private func refusal() -> SQLiteStoreError? {
        do {
            _ = try open()
            return nil
        } catch { return error as? SQLiteStoreError }
    }

    @Test func `a new database and all beside it are for the owner's eyes`() async throws {
        let store = try open()
        for suffix in ["", "-wal", "-shm", "-lock"] {
            let mode = try FileManager.default.attributesOfItem(atPath: path + suffix)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(suffix)")
        }
        await store.close()
    }

    @Test func `a database is taken once, and free again when closed`() async throws {
        let store = try open()
        #expect(refusal() == .inUse(path: path, process: Int(getpid())))
        let other = try DatabaseQueue(path: path)
        #expect(try await other.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM tenants") } == 0)
        try other.close()
        await store.close()
        try await open().close()
    }

    @Test func `two names of one file are one database`() async throws {
        let store = try open()
        let link = folder.path("link.sqlite")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(throws: SQLiteStoreError.self) {
            try SQLiteBoardStore(.file(link)) {
                0
            } announce: { _ in
            }
        }
        await store.close()
    }

    @Test func `what is not a database is refused and left alone`() throws {
        let bytes = Data("This is a text, and a rather long one, so that it has room for a header.".utf8)
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(refusal() == .notADatabase(path: path))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    }

    @Test func `another program's database is refused and left alone`() async throws {
        let other = try DatabaseQueue(path: path)
        try await other.write { try $0.execute(sql: "CREATE TABLE theirs (id INTEGER)") }
        try other.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(refusal() == .foreign(path: path))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    }

    @Test func `a database of a newer version is refused, and not a byte of it is changed`() async throws {
        let store = try open()
        _ = try await store.write(.createTask(TaskDraft(object(#"{"name":"a"}"#))), by: .ann, once: nil)
        let other = try DatabaseQueue(path: path)
        try await other.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: the future')") }
        let newer = folder.path("newer.sqlite")
        // As a newer one would leave it that was killed: what it wrote last is in the log beside the file.
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: newer + suffix) }
        try other.close()
        await store.close()
        let bytes = try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: newer + $0)) }
        #expect(throws: SQLiteStoreError.newer(path: newer)) {
            try SQLiteBoardStore(.file(newer)) {
                0
            } announce: { _ in
            }
        }
        #expect(try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: newer + $0)) } == bytes)
    }

    @Test func `a database without all its tables is refused as damaged`() async throws {
        for (statement, reason) in [
            ("DROP INDEX revoked_tokens", "revoked_tokens is missing"),
            ("ALTER TABLE audit RENAME COLUMN act TO deed", "audit is not as it was made"),
            ("DROP TABLE audit", "audit is missing"),
        ] {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            try await open().close()
            let other = try DatabaseQueue(path: path)
            try await other.write { try $0.execute(sql: statement) }
            try other.close()
            #expect(refusal() == .damaged(path: path, reason: reason))
        }
    }

    @Test func `a tenant whose name can't be read is damage`() async throws {
        let store = try open()
        _ = try await store.write(.createTask(TaskDraft(object(#"{"name":"a"}"#))), by: .ann, once: nil)
        await store.close()
        let other = try DatabaseQueue(path: path)
        try await other.write { try $0.execute(sql: "UPDATE tenants SET name = 'a b', sum = NULL") }
        try other.close()
        #expect(
            refusal()
                == .damaged(path: path, reason: "a row of tenants can't be read: its name is not as it should be"))
    }

    @Test func `a file is new when nothing is in it`() async throws {
        for bytes in [nil, Data()] as [Data?] {
            try? FileManager.default.removeItem(atPath: path)
            try bytes?.write(to: URL(fileURLWithPath: path))
            let store = try open()
            #expect(store.condition == DatabaseCondition(path: path, isNew: true))
            await store.close()
        }
        let store = try open()
        #expect(store.condition == DatabaseCondition(path: path, isNew: false))
        await store.close()
    }

    @Test func `the main file alone of a database that runs counts as new`() async throws {
        let store = try open()
        let copy = folder.path("copy.sqlite")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        await store.close()
        let other = try SQLiteBoardStore(.file(copy)) {
            0
        } announce: { _ in
        }
        #expect(other.condition.isNew)
        await other.close()
    }

    @Test func `boards of before columns had names keep their checksums, and get names when they are changed`()
        async throws
    {
        let first = try open()
        _ = try await first.write(
            .createBoard(BoardDraft(object(#"{"id":"b","statuses":["to_do","done"]}"#))), by: .ann, once: nil)
        await first.close()
        let raw = try DatabaseQueue(path: path)
        // As a row of that time is: without columns, and with the sum of the rest.
        try await raw.write { db in
            var sum = RowSum(tenant: 1)
            let row = try #require(try Row.fetchOne(db, sql: "SELECT * FROM boards WHERE id = 'b'"))
            for text in ["b", "b", "to_do", "done"] { sum.add(text) }
            for name in ["version", "created_at", "updated_at", "epoch"] { sum.add(row[name] as Int) }
            try db.execute(sql: "UPDATE boards SET columns = NULL, sum = ? WHERE id = 'b'", arguments: [sum.value])
        }
        try raw.close()
        let again = try open()
        let id = BoardID("b")!
        let old = try await again.board(id, for: .ann)
        #expect(old.columns == [StatusColumn(id: "to_do", name: "To do"), StatusColumn(id: "done", name: "Done")])
        let patch = try BoardPatch(object(#"{"columns":[{"id":"to_do","name":"Später","limit":2},{"id":"done"}]}"#))
        let new = try await again.write(.updateBoard(id, patch), by: .ann, once: nil).board
        await again.close()
        let last = try open()
        #expect(try await last.board(id, for: .ann) == new)
        await last.close()
    }

    @Test(arguments: [
        #"[{"id":"to_do","name":"Other","limit":null}]"#, #"[{"id":"done","name":"Done","limit":null}]"#, "[]", "x",
    ])
    func `columns that were damaged, or are not those of the statuses, are refused`(columns: String) async throws {
        let first = try open()
        let draft = try BoardDraft(object(#"{"id":"b","columns":[{"id":"to_do","name":"To do"}]}"#))
        _ = try await first.write(.createBoard(draft), by: .ann, once: nil)
        await first.close()
        let raw = try DatabaseQueue(path: path)
        try await raw.write {
            try $0.execute(sql: "UPDATE boards SET columns = ? WHERE id = 'b'", arguments: [columns])
        }
        try raw.close()
        let again = try open()
        #expect(again.condition.unreadableRows == 1)
        await #expect(throws: BoardError.self) { try await again.board(BoardID("b")!, for: .ann) }
        #expect(try await again.board(.main, for: .ann).name == "Main")
        await again.close()
    }

    @Test func `rows of before there were checksums are read as they are`() async throws {
        let old = try DatabaseQueue(path: path)
        try Migrations.all(now: 0).migrate(old, upTo: "3: jobs")
        try await old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO tenants VALUES (1, '\(Principal.ann.tenant)', 1, 1, 1);
                    INSERT INTO boards VALUES (1, 'main', 'Main', '["inbox"]', 1, 0, 0);
                    INSERT INTO board_heads VALUES (1, 'main', 1);
                    INSERT INTO tasks VALUES
                        (1, 1, 'main', 'a', '', 'inbox', 'medium', NULL, '[]', NULL, 'a0', 1, 'ann', 0, 0);
                    INSERT INTO events VALUES (1, 1, 'main', NULL, 'task.created', 1768473000000, x'7b7d');
                    """)
        }
        try old.close()
        let again = try open()
        let task = try await again.task(1, for: .ann)
        #expect(task.name == "a" && task.epoch == .unknown)
        _ = try await again.write(.createTask(TaskDraft(object(#"{"name":"b"}"#))), by: .ann, once: nil)
        await again.close()
        #expect(try open().condition == DatabaseCondition(path: path, isNew: false))
    }

    @Test func `a damaged database is refused`() async throws {
        let store = try open()
        for index in 0..<300 {
            let draft = try TaskDraft(object(#"{"name":"\#(index)"}"#))
            _ = try await store.write(.createTask(draft), by: .ann, once: nil)
        }
        await store.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for index in stride(from: 4096 * 6, to: 4096 * 12, by: 3) { bytes[index] ^= 0x55 }
        try bytes.write(to: URL(fileURLWithPath: path))
        guard case .damaged = refusal() else {
            Issue.record("not refused as damaged")
            return
        }
    }

    @Test func `a log that lost its end is refused`() async throws {
        let store = try open()
        _ = try await store.write(.createTask(TaskDraft(object(#"{"name":"a"}"#))), by: .ann, once: nil)
        await store.close()
        let other = try DatabaseQueue(path: path)
        try await other.write { try $0.execute(sql: "DELETE FROM events") }
        try other.close()
        guard case .damaged = refusal() else {
            Issue.record("not refused as damaged")
            return
        }
    }

    /// As when an empty page stands in place of a table's.
    @Test(arguments: [
        ("DELETE FROM boards", "boards are missing"),
        ("DELETE FROM boards WHERE id <> 'main'", "boards of tasks are missing"),
        ("DELETE FROM board_heads", "numbers of boards are missing"),
    ])
    func `a table of boards that lost its rows is refused`(loss: String, reason: String) async throws {
        let store = try open()
        _ = try await store.write(
            .createBoard(BoardDraft(object(#"{"id":"side","name":"Side"}"#))), by: .ann, once: nil)
        let draft = try TaskDraft(object(#"{"name":"a","boardId":"side"}"#))
        _ = try await store.write(.createTask(draft), by: .ann, once: nil)
        await store.close()
        let other = try DatabaseQueue(path: path)
        try await other.write { try $0.execute(sql: loss) }
        try other.close()
        #expect(refusal() == .damaged(path: path, reason: reason))
    }

    @Test func `a folder that is not there is told`() {
        #expect(throws: SQLiteStoreError.self) {
            try SQLiteBoardStore(.file(folder.path("no/such/board.sqlite"))) {
                0
            } announce: { _ in
            }
        }
    }

    @Test func `a location reads from its URL`() {
        #expect(DatabaseLocation(url: "sqlite:a/b.sqlite") == .file("a/b.sqlite"))
        #expect(DatabaseLocation(url: "sqlite:/a") == .file("/a"))
        #expect(DatabaseLocation(url: "sqlite::memory:") == .memory)
        for url in ["", "sqlite:", "sqlite::x", "postgres://a", "board.sqlite"] {
            #expect(DatabaseLocation(url: url) == nil)
        }
    }
}
