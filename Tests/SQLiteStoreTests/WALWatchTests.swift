import Boards
import Contracts
import Events
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

/// A write-ahead log that somebody keeps from being folded into the database.
@Suite struct WALWatchTests {
    @Test func `a large log is worth one word, and one when it is small again`() {
        var watch = WALWatch(limit: 100)
        let sizes = [99] + Array(100...150) + [7, 7, 101, 0]
        let words = sizes.enumerated().map { watch.see($1, at: .second($0)) }
        #expect(
            words.enumerated().compactMap { index, word in word.map { "\(index): \($0)" } } == [
                "1: \(WALWatch.Word.large(bytes: 100))",
                "52: \(WALWatch.Word.small(bytes: 7, most: 150, lasted: .seconds(51)))",
                "54: \(WALWatch.Word.large(bytes: 101))",
                "55: \(WALWatch.Word.small(bytes: 0, most: 101, lasted: .seconds(1)))",
            ])
        #expect(watch.beginning == nil)
    }

    @Test func `a foreign reader that holds on is heard of, and that it is gone, without another write`() async throws {
        let folder = try TemporaryFolder()
        let lines = LogLines()
        let store = try TestStore { _, now, uptime, announce in
            var settings = StoreSettings()
            settings.largeLog = 1 << 20
            return try SQLiteBoardStore(
                .file(folder.path("board.sqlite")), settings: settings, logger: lines.logger, now: now,
                uptime: uptime, announce: announce)
        }
        let sqlite = try #require(store.store as? SQLiteBoardStore)
        try await store.create(#"{"name":"a"}"#)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: folder.path("board.sqlite"), configuration: configuration)
        try await reader.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN")
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM events")
        }
        let long = String(repeating: "x", count: 15_000)
        var warnings: [String] { lines.all.filter { $0.hasPrefix("warning") } }
        try #require(
            await comesTrue {
                _ = try? await store.create(#"{"name":"b","description":"\#(long)"}"#)
                return !warnings.isEmpty
            })
        #expect(warnings[0].hasPrefix("warning the write-ahead log is large"))
        let check = try #require(sqlite.checks.first { $0.name == "wal" })
        #expect(check.status == .warning && check.reason == "large")
        for _ in 0..<50 { try await store.create(#"{"name":"c","description":"\#(long)"}"#) }
        try await reader.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try reader.close()
        try #require(await comesTrue { lines.all.contains { $0.hasPrefix("notice") } })
        #expect(lines.all.count == 2 && lines.all[1].contains("the write-ahead log is small again after="))
        #expect(Checkpointer.size(ofLogOf: folder.path("board.sqlite")) < 1 << 20)
        #expect(sqlite.checks.first { $0.name == "wal" }?.status == .ok)
        await store.close()
    }
}
