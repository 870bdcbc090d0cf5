import Events

@testable import Boards
@testable import Gateway
@testable import PostgresStore
@testable import SQLiteStore
@testable import ServerSettings

/// The store, its log and its clock.
extension BoundCheck {
    private static let busy = Problem(StoreFailure.busy(retryAfter: .seconds(1)))

    static var store: [BoundCheck] {
        let settings = StoreSettings()
        let memory = 320 << 20
        let small = MemoryBudgets(Settings.Limits(), of: memory)
        return [
            BoundCheck(
                "writes waiting", .count(settings.queueLimit), .count(settings.queueLimitPerTenant), .refused(busy)),
            BoundCheck("one commit", .count(GroupCommit.groupLimit)),
            BoundCheck(
                "one commit on PostgreSQL", .count(GroupWriter.groupLimit), .count(GroupWriter.tenantLimit),
                .bytes(ChangesWriter.mostBytes), .count(GroupWriter.mostMisses),
                .refused(Problem(StoreFailure.broken("")))),
            BoundCheck(
                "hints to other nodes that wait", .count(Teller.mostHeads),
                .count(Teller.mostPayloads)),
            BoundCheck(
                "reads of PostgreSQL that wait for a connection", .count(ReaderPool.mostWaiting), .refused(busy)),
            BoundCheck("tenants whose numbers a writer remembers", .count(TenantNumbers.most)),
            BoundCheck(
                "pages of the database in memory", .bytes(settings.cacheBytes), .count(settings.readers + 1),
                .share(memory / small.pageCache)),
            BoundCheck("rows of a damaged database that are counted", .count(DatabaseCheck.mostRows)),
            BoundCheck(
                "the write-ahead log", .count(DatabaseFile.mostPages), .bytes(DatabaseFile.mostKept),
                .bytes(settings.largeLog)),
            BoundCheck(
                "lives of the database in which cursors count", .count(Epochs.most), .count(EpochTable.kept)),
            BoundCheck(
                "steps of the clock that are remembered", .count(AgeClock.most), .time(AgeClock.longestAbsence)),
            BoundCheck("a task's rank", .count(Rank.longest)),
        ]
    }
}
