import Boards
import Contracts
import Events
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct WriteQueueTests {
    @Test func `tenants are served in turn, however many writes one of them has`() async throws {
        let queue = WriteQueue(limit: 1000, limitPerTenant: 500)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for author in Array(repeating: Principal.ann, count: 100) + Array(repeating: .eve, count: 5) {
                group.addTask { await send(author, to: queue) }
            }
            try #require(await comesTrue { queue.unanswered == 105 })
            let first = take(8, from: queue)
            #expect(first.filter { $0 == Principal.eve.tenant }.count == 4)
            #expect(queue.unanswered == 105)
            let rest = take(512, from: queue)
            #expect(rest.prefix(2).contains(Principal.eve.tenant) && rest.count == 97)
            try await group.waitForAll()
        }
    }

    @Test func `a queue that is closed gives what it holds, and takes no more`() async throws {
        let queue = WriteQueue(limit: 10, limitPerTenant: 10)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await send(.ann, to: queue) }
            try #require(await comesTrue { queue.unanswered == 1 })
            queue.close()
            await send(.ann, to: queue)
            #expect(take(10, from: queue).count == 1)
            try await group.waitForAll()
        }
        guard case .closed = queue.take(1, patience: .seconds(60)) else {
            Issue.record("not closed")
            return
        }
    }

    @Test func `patience ends`() {
        let queue = WriteQueue(limit: 10, limitPerTenant: 10)
        for _ in 0..<3 {
            guard case .idle = queue.take(1, patience: .milliseconds(1)) else {
                Issue.record("not idle")
                return
            }
        }
    }

    /// Returns when the write is answered.
    private func send(_ author: Principal, to queue: WriteQueue) async {
        _ = await withCheckedContinuation { reply in
            let write = PendingWrite(
                command: .task(.deleteTask(1)), author: author, once: nil, since: .now
            ) {
                reply.resume(returning: $0)
            }
            if let refusal = queue.put(write) { reply.resume(returning: .failure(refusal)) }
        }
    }

    /// Answers what it takes.
    private func take(_ count: Int, from queue: WriteQueue) -> [TenantID] {
        guard case .writes(let writes) = queue.take(count, patience: .seconds(1)) else { return [] }
        for write in writes { write.reply(.failure(.failed(.closed))) }
        return writes.map(\.author.tenant)
    }
}
