import Boards
import Events
import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

/// Polls whose cursors lie where retention is at work: an answer that says "recovered" has every event.
@Suite struct PollAtTheEdgeTests {
    @Test func `no answer hides a gap, however fast the log is shortened`() async throws {
        let gateway = try TestGateway(retention: Retention(count: 40))
        try await gateway.addTasks(60)
        let store = gateway.store
        let bob = Principal(tenant: TenantID("acme")!, user: UserID("bob")!)
        let draft = try TaskDraft(try #require(JSONParser.parse(Array(#"{"name":"a"}"#.utf8)).object))
        let (replays, resyncs) = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for _ in 0..<2 {
                group.addTask {
                    while !Task.isCancelled { _ = try await store.write(.createTask(draft), by: bob, once: nil) }
                    return (0, 0)
                }
            }
            group.addTask {
                var (replays, resyncs) = (0, 0)
                for turn in 0..<250 {
                    let since = try await gateway.head() - 40 + turn % 8
                    let path = "/api/events?limit=1000&since=\(since)-\(gateway.epoch)"
                    let answer = try await gateway.call(.get, path)
                    guard answer["recovered"]?.bool == true else {
                        #expect(answer["reason"]?.string == "cursor_expired" && answer.events.isEmpty)
                        resyncs += 1
                        continue
                    }
                    let numbers = answer.events.compactMap { $0["seq"]?.int }
                    #expect(numbers.count >= 30 && numbers == Array(since + 1..<since + 1 + numbers.count))
                    replays += 1
                }
                return (replays, resyncs)
            }
            var result = (0, 0)
            while let part = try await group.next() {
                result = (result.0 + part.0, result.1 + part.1)
                if result != (0, 0) { group.cancelAll() }
            }
            return result
        }
        // Both happened, so that neither went untested.
        #expect(replays > 0 && resyncs > 0, "\(replays) \(resyncs)")
    }
}
