import Events
import HTTPTypes
import Testing

@testable import Gateway

/// The room that bodies take: in all, and for one tenant.
@Suite struct BodyBudgetTests {
    private let acme = TenantID("acme")!
    private let globex = TenantID("globex")!

    private func budget(_ bytes: Int) -> (MemoryBudget, LiveSettings) {
        var settings = GatewaySettings()
        settings.bodiesBytes = bytes
        let live = LiveSettings(settings)
        return (MemoryBudget { live.read { $0.bodiesBytes } }, live)
    }

    private func room(_ length: Int, _ tenant: TenantID, in budget: MemoryBudget) throws(Problem) -> MemoryRoom {
        let room = budget.room(for: tenant)
        try room.take(body: length)
        return room
    }

    private func isFull(_ budget: MemoryBudget, _ length: Int, _ tenant: TenantID) -> Bool {
        do throws(Problem) {
            _ = try room(length, tenant, in: budget)
            return false
        } catch {
            #expect(error.status == .serviceUnavailable && error.code == "bodies_full")
            #expect(error.headers[.retryAfter] == "1")
            return true
        }
    }

    @Test func `a body counts with what it may become, and no longer when it is done`() throws {
        let (budget, _) = budget(1 << 20)
        do {
            let held = try room(1000, acme, in: budget)
            #expect(budget.taken == 18_000)
            try held.take(body: 500)
            #expect(budget.taken == 18_000)
            try held.take(body: 2000)
            #expect(budget.taken == 36_000)
            withExtendedLifetime(held) {}
        }
        #expect(budget.taken == 0)
        #expect(Bodies.cost(of: 1 << 20) == 3 << 20)
    }

    @Test func `a tenant gets half, and the others get the rest`() throws {
        let (budget, _) = budget(10 * Bodies.cost(of: 1000))
        let five = try (0..<5).map { _ in try room(1000, acme, in: budget) }
        #expect(isFull(budget, 1, acme))
        let more = try (0..<5).map { _ in try room(1000, globex, in: budget) }
        #expect(isFull(budget, 1, TenantID("initech")!))
        #expect(throws: Problem.self) { try five[0].take(body: 1001) }
        #expect(budget.taken == 10 * Bodies.cost(of: 1000))
        withExtendedLifetime((five, more)) {}
    }

    @Test func `a body that is larger than all the room is taken when there is no other`() throws {
        let (budget, _) = budget(1000)
        do {
            let held = try room(1 << 20, acme, in: budget)
            #expect(isFull(budget, 1, globex))
            try held.take(body: 2 << 20)
            withExtendedLifetime(held) {}
        }
        #expect(!isFull(budget, 1, globex))
    }

    @Test func `another limit counts at once`() throws {
        let (budget, live) = budget(1 << 20)
        let held = try room(10_000, acme, in: budget)
        var settings = live.current
        settings.bodiesBytes = 1000
        live.use(settings)
        #expect(isFull(budget, 1, globex))
        settings.bodiesBytes = 1 << 20
        live.use(settings)
        #expect(!isFull(budget, 1, globex))
        withExtendedLifetime(held) {}
    }
}
