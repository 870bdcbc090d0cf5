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

    @Test func `a database of a newer version is refused`() async throws {
        try await open().close()
        let other = try DatabaseQueue(path: path)
        try await other.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: the future')") }
        try other.close()
        #expect(refusal() == .newer(path: path))
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
