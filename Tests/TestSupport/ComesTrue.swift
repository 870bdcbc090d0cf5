import Foundation

/// Whether `condition` came true; for what nothing tells of when it happens. After four minutes,
/// or `BOARDCAST_TEST_DEADLINE` seconds, it is taken for never: hundreds of tests share two cores.
///
/// What is waited for is the condition, never a time: it is asked again and again, and after a while only once in a
/// millisecond, so that those who are to bring it about get the processor.
public func comesTrue(_ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + deadline
    var turn = 0
    while true {
        turn += 1
        if try await condition() { return true }
        if .now >= end { return false }
        if turn < 200 { await Task.yield() } else { try await Task.sleep(for: .milliseconds(1)) }
    }
}

private let deadline = Duration.seconds(
    ProcessInfo.processInfo.environment["BOARDCAST_TEST_DEADLINE"].flatMap(Double.init) ?? 240)
