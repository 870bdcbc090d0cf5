import Events
import HTTPTypes
import Testing

@testable import Gateway

/// The room that bodies take: in all, and for one tenant.
@Suite struct BodyBudgetTests {
    private let acme = TenantID("acme")!
    private let globex = TenantID("globex")!

    private func budget(_ bytes: Int) -> (BodyBudget, LiveSettings) {
        var settings = GatewaySettings()
        settings.bodiesBytes = bytes
        let live = LiveSettings(settings)
        return (BodyBudget(settings: live), live)
    }

    private func isFull(_ budget: BodyBudget, _ length: Int, _ tenant: TenantID) -> Bool {
        do throws(Problem) {
            _ = try budget.room(for: length, of: tenant)
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
            let room = try budget.room(for: 1000, of: acme)
            #expect(budget.taken == 18_000)
            try room.grow(to: 500)
            #expect(budget.taken == 18_000)
            try room.grow(to: 2000)
            #expect(budget.taken == 36_000)
            withExtendedLifetime(room) {}
        }
        #expect(budget.taken == 0)
        #expect(BodyBudget.cost(of: 1 << 20) == 3 << 20)
    }

    @Test func `a tenant gets half, and the others get the rest`() throws {
        let (budget, _) = budget(10 * BodyBudget.cost(of: 1000))
        let five = try (0..<5).map { _ in try budget.room(for: 1000, of: acme) }
        #expect(isFull(budget, 1, acme))
        let more = try (0..<5).map { _ in try budget.room(for: 1000, of: globex) }
        #expect(isFull(budget, 1, TenantID("initech")!))
        #expect(throws: Problem.self) { try five[0].grow(to: 1001) }
        #expect(budget.taken == 10 * BodyBudget.cost(of: 1000))
        withExtendedLifetime((five, more)) {}
    }

    @Test func `a body that is larger than all the room is taken when there is no other`() throws {
        let (budget, _) = budget(1000)
        do {
            let room = try budget.room(for: 1 << 20, of: acme)
            #expect(isFull(budget, 1, globex))
            try room.grow(to: 2 << 20)
            withExtendedLifetime(room) {}
        }
        #expect(!isFull(budget, 1, globex))
    }

    @Test func `another limit counts at once`() throws {
        let (budget, live) = budget(1 << 20)
        let room = try budget.room(for: 10_000, of: acme)
        var settings = live.current
        settings.bodiesBytes = 1000
        live.use(settings)
        #expect(isFull(budget, 1, globex))
        settings.bodiesBytes = 1 << 20
        live.use(settings)
        #expect(!isFull(budget, 1, globex))
        withExtendedLifetime(room) {}
    }
}
