import Boards
import Contracts
import Events
import PostgresStore
import TestSupport
import Testing

@Suite(.serialized) struct PostgresBoardStoreTests {
    @Test(arguments: StoreContract.all)
    func `keeps the contract of a store`(_ contract: StoreContract) async throws {
        let place = try TestServer.shared().emptied()
        try await contract.check { retention, now, uptime, announce in
            var settings = PostgresSettings.patient
            settings.retention.standard = retention
            return try PostgresBoardStore(place, settings: settings, now: now, uptime: uptime, announce: announce)
        }
    }

    @Test(arguments: AdminContract.all)
    func `keeps the contract of a store of administrators' acts`(_ contract: AdminContract) async throws {
        var settings = PostgresSettings.patient
        settings.admin = AdminContract.limits
        let store = try PostgresBoardStore(TestServer.shared().emptied(), settings: settings) {
            0
        } announce: { _ in
        }
        try await contract.check(store)
        await store.close()
    }
}

extension PostgresSettings {
    /// Those of tests that are about no failure: a busy machine is none.
    static var patient: PostgresSettings {
        var settings = PostgresSettings()
        (settings.patience, settings.answerTime) = (.seconds(60), .seconds(60))
        return settings
    }
}
