import Boards
import Contracts
import Events
import SQLiteStore
import TestSupport
import Testing

@Suite struct SQLiteBoardStoreTests {
    @Test(arguments: StoreContract.all)
    func `keeps the contract of a store, in a file`(_ contract: StoreContract) async throws {
        let folder = try TemporaryFolder()
        try await contract.check { retention, now, uptime, announce in
            var settings = StoreSettings()
            settings.retention.standard = retention
            return try SQLiteBoardStore(
                .file(folder.path("board.sqlite")), settings: settings, now: now, uptime: uptime, announce: announce)
        }
    }

    @Test(arguments: StoreContract.all)
    func `keeps the contract of a store, in memory`(_ contract: StoreContract) async throws {
        try await contract.check { retention, now, uptime, announce in
            var settings = StoreSettings()
            settings.retention.standard = retention
            return try SQLiteBoardStore(.memory, settings: settings, now: now, uptime: uptime, announce: announce)
        }
    }
}
