import TestSupport
import Testing

@testable import Gateway

/// Refusals that wait, and what ends the waiting.
@Suite struct RefusalHoldTests {
    @Test func `a caller that is cancelled waits no longer`() async {
        let hold = RefusalHold(for: .seconds(3600) ... .seconds(3600))
        let waiting = Task { await hold.wait() }
        waiting.cancel()
        await waiting.value
    }

    @Test func `beyond the bound nobody waits`() async throws {
        let hold = RefusalHold(for: .seconds(3600) ... .seconds(3600))
        let crowd = (0..<RefusalHold.limit).map { _ in Task { await hold.wait() } }
        #expect(try await comesTrue { hold.waiting == RefusalHold.limit })
        await hold.wait()
        for waiting in crowd { waiting.cancel() }
        for waiting in crowd { await waiting.value }
        #expect(hold.waiting == 0)
    }
}
