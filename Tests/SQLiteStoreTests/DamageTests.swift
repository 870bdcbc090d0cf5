import Boards
import Contracts
import Events
import Foundation
import GRDB
import StrictJSON
import TestSupport
import Testing

@testable import SQLiteStore

/// Flips in the real files: the store refuses, or serves what is right; it never traps, and never tells wrong data
/// without a word. `make flips` does it a thousand times.
@Suite struct DamageTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["BOARDCAST_FLIPS"].flatMap(Int.init) ?? 36
    private static let seed = environment["BOARDCAST_TEST_SEED"].flatMap(UInt64.init) ?? 8
    private static let authors = [Principal.ann, .eve]
    private static let tasks = 20

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ path: String) throws -> SQLiteBoardStore {
        try SQLiteBoardStore(.file(path)) {
            1_768_473_000_000
        } announce: { _ in
        }
    }

    private func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Something of everything, of two tenants, and a last write of its own.
    private func fill(_ store: SQLiteBoardStore) async throws {
        for author in Self.authors {
            for index in 1...Self.tasks {
                let text = String(repeating: "lorem \(index) ", count: index % 7 == 0 ? 900 : 5)
                let draft = try TaskDraft(
                    object(#"{"name":"n\#(index)","description":"\#(text)","labels":["a","b\#(index)"]}"#))
                let key = index % 5 == 0 ? IdempotencyKey("k\(index)", fingerprint: [UInt8(index)]) : nil
                _ = try await store.write(.createTask(draft), by: author, once: key)
                let patch = try TaskPatch(object(#"{"priority":"high","status":"review","assigneeId":"bob"}"#))
                if index % 2 == 0 { _ = try await store.write(.updateTask(index, patch), by: author, once: nil) }
                if index % 9 == 0 { _ = try await store.write(.deleteTask(index), by: author, once: nil) }
            }
            let board = try BoardDraft(object(#"{"id":"side","name":"Side","statuses":["x","y"]}"#))
            _ = try await store.write(.createBoard(board), by: author, once: nil)
            for index in 1...5 {
                let job = try JobDraft(object(#"{"name":"j\#(index)","boardId":"side","input":{"n":[1.5,-2e3]}}"#))
                let id = JobID.random()
                _ = try await store.write(.createJob(id, job), by: author, once: nil)
                let report = try JobReport(object(#"{"progress":\#(index),"details":{"a":"b"}}"#))
                _ = try await store.write(.reportJob(id, report), by: author, once: nil)
                let draft = try RevocationDraft(object(#"{"jti":"t\#(index)","reason":"r"}"#))
                _ = try await store.revoke(draft, by: author, at: Timestamp(milliseconds: 1_768_473_000_000))
            }
        }
    }

    private func picture(of store: SQLiteBoardStore) async throws -> Picture {
        try await Picture(of: store, for: Self.authors, tasks: Self.tasks + 2)
    }

    /// Opens damaged files and compares all that is served.
    ///
    /// - Returns: what was seen, for the figures.
    private func attempt(_ main: [UInt8], wal: [UInt8]?, _ truths: [Picture], _ what: String) async throws -> String {
        let trial = try TemporaryFolder()
        let path = trial.path("board.sqlite")
        try Data(main).write(to: URL(fileURLWithPath: path))
        if let wal { try Data(wal).write(to: URL(fileURLWithPath: path + "-wal")) }
        let store: SQLiteBoardStore
        do { store = try open(path) } catch let error as SQLiteStoreError {
            #expect(error.description.contains(path), "\(what): \(error)")
            return "refused"
        }
        let seen = try await picture(of: store)
        await store.close()
        let lies = truths.map { seen.lies(against: $0) }
        let fewest = lies.min { $0.count < $1.count } ?? []
        if !fewest.isEmpty, store.condition.unreadableRows > 0 { return "said, and not all is right" }
        #expect(fewest.isEmpty, "\(what): \(fewest.sorted())")
        if lies[0].isEmpty { return seen.refused > 0 ? "rows refused" : "right" }
        return "the last transaction is gone"
    }

    @Test func `flips in the file`() async throws {
        let path = folder.path("board.sqlite")
        let store = try open(path)
        try await fill(store)
        let truth = try await picture(of: store)
        await store.close()
        let bytes = try read(path)
        var outcomes: [String: Int] = [:]
        for index in 0..<Self.count {
            var random = SplitMix(seed: Self.seed &+ UInt64(index))
            var damaged = bytes
            let kind = Damage.allCases[index % Damage.allCases.count]
            let what = "trial \(index), \(kind.strike(&damaged, by: &random))"
            outcomes[try await attempt(damaged, wal: nil, [truth], what), default: 0] += 1
        }
        print("\(Self.count) flips in a file of \(bytes.count) bytes, seed \(Self.seed): \(outcomes)")
        #expect(outcomes["refused", default: 0] > 0)
    }

    /// - Parameter isFolded: all of the log is in the file too, so that what is read of both is mixed.
    @Test(arguments: [false, true])
    func `flips in the write-ahead log`(isFolded: Bool) async throws {
        let path = folder.path("board.sqlite")
        let store = try open(path)
        // Whoever reads an old state keeps the log from being folded into the file.
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: path, configuration: configuration)
        try await reader.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN")
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM tenants")
        }
        try await fill(store)
        let before = try await picture(of: store)
        _ = try await store.write(.createTask(TaskDraft(object(#"{"name":"last"}"#))), by: .ann, once: nil)
        let after = try await picture(of: store)
        let end = { @Sendable (db: Database) in try db.execute(sql: "ROLLBACK") }
        if isFolded {
            try await reader.writeWithoutTransaction(end)
            try await reader.writeWithoutTransaction { db in
                _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
            }
        }
        // As a process that died would leave them.
        let (main, wal) = (try read(path), try read(path + "-wal"))
        if !isFolded { try await reader.writeWithoutTransaction(end) }
        try reader.close()
        await store.close()
        var outcomes: [String: Int] = [:]
        for index in 0..<Self.count {
            var random = SplitMix(seed: Self.seed &+ UInt64(index))
            var damaged = wal
            let kind = Damage.allCases[index % Damage.allCases.count]
            let what = "trial \(index), \(kind.strike(&damaged, by: &random))"
            outcomes[try await attempt(main, wal: damaged, [after, before], what), default: 0] += 1
        }
        print("\(Self.count) flips in a log of \(wal.count) bytes, folded \(isFolded), seed \(Self.seed): \(outcomes)")
        #expect(outcomes["refused", default: 0] > 0)
    }
}
