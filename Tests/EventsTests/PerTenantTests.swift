import Events
import Testing

@Suite struct PerTenantTests {
    @Test func `a tenant has its own value, or that of all`() throws {
        let (acme, other) = (try #require(TenantID("acme")), try #require(TenantID("other")))
        var limits = PerTenant(7, own: [acme: 3])
        #expect(limits[acme] == 3 && limits[other] == 7)
        limits.own[acme] = nil
        #expect(limits[acme] == 7)
    }

    @Test func `retention reaches back by number, and never holds less than one event`() {
        #expect(Retention(count: 10).oldest(stored: 1, head: 25) == 16)
        #expect(Retention(count: 10).oldest(stored: 20, head: 25) == 20)
        #expect(Retention(count: 0).oldest(stored: 1, head: 25) == 25)
    }
}
