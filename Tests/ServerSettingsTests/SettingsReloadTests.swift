import TestSupport
import Testing

@testable import ServerSettings

@Suite struct SettingsReloadTests {
    @Test func `what a running server can't take over is named`() {
        let running = Settings()
        var fresh = running
        #expect(fresh.changesForRestart(since: running) == [])
        fresh.auth.issuer = "https://id"
        fresh.limits.writeBurst = 1
        fresh.limits.connectionsTotal = 1
        fresh.http.corsOrigins = ["https://a.example"]
        fresh.http.trustedProxies = ["10.0.0.1"]
        fresh.tenants.directory = "/x"
        #expect(fresh.changesForRestart(since: running) == [])
        fresh.http.port = 1
        fresh.database.url = .sqliteInMemory
        fresh.server.loops = 1
        #expect(fresh.changesForRestart(since: running) == ["http.port", "database.url", "server.loops"])
    }

    @Test func `so is what is kept of a tenant's log`() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.directory("tenants")
        try folder.write("secret", "a secret of this test that is long enough")
        var running = Settings()
        running.tenants.directory = directory
        func fresh(_ events: String) throws -> Settings {
            try folder.write(
                "tenants/acme.yaml", "auth: {issuer: a, secretFile: \(folder.path)/secret}\nevents: {\(events)}\n")
            var settings = running
            try settings.readTenants()
            return settings
        }
        running = try fresh("retainCount: 5")
        #expect(try fresh("retainCount: 5").changesForRestart(since: running) == [])
        #expect(try fresh("retainCount: 6").changesForRestart(since: running) == ["events of acme"])
    }
}
