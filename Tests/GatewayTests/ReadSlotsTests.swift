import Events
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// A few large readings at once, in turn, and no tenant keeps the others out.
@Suite struct ReadSlotsTests {
    private let acme = TenantID("acme")!
    private let globex = TenantID("globex")!

    /// Counts the readings under way.
    private final class Counts: Sendable {
        private struct State {
            var now: [TenantID: Int] = [:]
            var most = 0
            var mostOfOne = 0
            var done = 0
        }

        private let state = Mutex(State())

        func begin(_ tenant: TenantID) {
            state.withLock {
                $0.now[tenant, default: 0] += 1
                $0.most = max($0.most, $0.now.values.reduce(0, +))
                $0.mostOfOne = max($0.mostOfOne, $0.now[tenant] ?? 0)
            }
        }

        func end(_ tenant: TenantID) {
            state.withLock {
                $0.now[tenant, default: 0] -= 1
                $0.done += 1
            }
        }

        var figures: [Int] { state.withLock { [$0.most, $0.mostOfOne, $0.done] } }
    }

    @Test(.timeLimit(.minutes(5))) func `never more than there are slots, and everybody's turn comes`() async throws {
        let (slots, counts) = (ReadSlots(4), Counts())
        try await withThrowingTaskGroup { group in
            for i in 0..<200 {
                let tenant = i % 3 == 0 ? globex : acme
                group.addTask {
                    try await slots.read(for: tenant) {
                        counts.begin(tenant)
                        await Task.yield()
                        counts.end(tenant)
                    }
                }
            }
            try await group.waitForAll()
        }
        let figures = counts.figures
        #expect(figures[0] <= 4 && figures[1] <= 2 && figures[2] == 200)
    }

    @Test(.timeLimit(.minutes(5))) func `a tenant that waits for its own does not hold up another`() async throws {
        let slots = ReadSlots(2)
        let gate = AsyncStream<Void>.makeStream()
        let first = Task { [acme] in
            try await slots.read(for: acme) { for await _ in gate.stream {} }
        }
        let second = Task { [acme] in try await slots.read(for: acme) { 2 } }
        #expect(try await slots.read(for: globex) { 3 } == 3)
        gate.continuation.finish()
        try await first.value
        #expect(try await second.value == 2)
    }

    /// Fills the one slot, until the task is cancelled, and every place that the tenant may wait in.
    private func fill(_ slots: ReadSlots, of tenant: TenantID, waiting: Int) async throws -> [Task<Void, any Error>] {
        let isIn = AsyncStream<Void>.makeStream()
        var tasks = [
            Task {
                try await slots.read(for: tenant) {
                    isIn.continuation.finish()
                    try? await Task.sleep(for: .seconds(3600))
                }
            }
        ]
        for await _ in isIn.stream {}
        for _ in 0..<waiting { tasks.append(Task { try await slots.read(for: tenant) {} }) }
        #expect(try await comesTrue { slots.waiting == waiting })
        return tasks
    }

    @Test(.timeLimit(.minutes(5))) func `a tenant waits in half of the places, and others in the rest`() async throws {
        let slots = ReadSlots(1, places: 4)
        var tasks = try await fill(slots, of: acme, waiting: 2)
        await #expect(throws: Problem.self) { try await slots.read(for: acme) {} }
        tasks.append(Task { [globex] in try await slots.read(for: globex) {} })
        #expect(try await comesTrue { slots.waiting == 3 })
        tasks[0].cancel()
        for task in tasks { try await task.value }
        #expect(slots.waiting == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `when a slot is free another tenant comes first`() async throws {
        let slots = ReadSlots(1, places: 100)
        let tasks = try await fill(slots, of: acme, waiting: 20)
        let other = Task { [globex] in try await slots.read(for: globex) { slots.waiting } }
        #expect(try await comesTrue { slots.waiting == 21 })
        tasks[0].cancel()
        #expect(try await other.value == 20)
        for task in tasks { try await task.value }
    }
}
