import Events
import Rooms
import Testing

@testable import Gateway

@Suite struct FiguresTests {
    private let acme = TenantID("acme")!

    private func count(_ tenant: TenantID, _ connections: Int, _ head: Int) -> Relay.TenantCount {
        Relay.TenantCount(tenant: tenant, connections: connections, head: head)
    }

    @Test func `each minute has the connections at its end and the events since the one before`() {
        var figures = Figures()
        figures.note([count(acme, 2, 40)], minute: 100)
        figures.note([count(acme, 3, 45)], minute: 101)
        // The tenant was not in memory.
        figures.note([], minute: 102)
        figures.note([count(acme, 1, 52)], minute: 103)
        #expect(
            figures.samples(of: acme) == [
                .init(minute: 100, connections: 2, events: 0), .init(minute: 101, connections: 3, events: 5),
                .init(minute: 103, connections: 1, events: 7),
            ])
        #expect(figures.samples(of: TenantID("other")!).isEmpty)
    }

    @Test func `what is older than a day is forgotten`() {
        var figures = Figures()
        let day = Int32(Figures.mostSamples)
        for minute in 0..<day + 5 { figures.note([count(acme, 1, Int(minute))], minute: minute) }
        #expect(figures.samples(of: acme).count == Figures.mostSamples)
        #expect(figures.samples(of: acme).first?.minute == 5)
        figures.note([], minute: 3 * day)
        #expect(figures.samples(of: acme).isEmpty)
    }

    @Test func `beyond as many tenants as are kept, the one that has been gone longest gives way`() {
        var figures = Figures()
        let tenants = (0..<Figures.mostTenants).map { TenantID("t\($0)")! }
        figures.note(tenants.map { count($0, 1, 1) }, minute: 1)
        figures.note(tenants.map { count($0, 1, 1) } + [count(acme, 1, 1)], minute: 2)
        #expect(figures.samples(of: acme).isEmpty, "all the others are here")
        for minute: Int32 in 3...4 { figures.note(tenants.dropFirst().map { count($0, 1, 1) }, minute: minute) }
        figures.note([count(acme, 0, 1)], minute: 5)
        #expect(figures.samples(of: acme).isEmpty, "one without connections needs no place")
        figures.note([count(acme, 1, 1)], minute: 6)
        #expect(figures.samples(of: acme).count == 1)
        #expect(figures.samples(of: tenants[0]).isEmpty)
        #expect(!figures.samples(of: tenants[1]).isEmpty)
    }
}
