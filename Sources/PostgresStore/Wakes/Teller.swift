import Boards
import Dispatch
import Events
import Foundation
import Synchronization

/// A thread that tells the other nodes what this one has committed, and whatever else they are to hear: after the commit,
/// on a connection of its own, and together, so that neither a commit nor its answer waits for it.
///
/// A `NOTIFY` takes a lock that is the database's one: in the transaction of a write it would put all writes in a row.
final class Teller: Sendable {
    /// Between two notifications.
    private static let pause = Duration.milliseconds(5)
    /// Tenants whose heads wait. Of others the polls of the heads tell.
    static let mostHeads = 10_000
    /// Payloads of other kinds that wait.
    static let mostPayloads = 1024
    /// Payloads in one statement.
    private static let batch = 128

    private struct State {
        var heads: [TenantID: Int] = [:]
        var payloads: [(channel: String, payload: String)] = []
        var isClosed = false

        var isEmpty: Bool { heads.isEmpty && payloads.isEmpty }
    }

    private let place: PostgresPlace
    private let settings: PostgresSettings
    private let state = Mutex(State())
    private let alarm = Alarm()
    private let ended = DispatchGroup()

    init(_ place: PostgresPlace, _ settings: PostgresSettings) { (self.place, self.settings) = (place, settings) }

    func start() {
        ended.enter()
        let thread = Thread { [self] in
            run()
            ended.leave()
        }
        thread.name = "pg-teller"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Takes note of what was committed; returns at once.
    func tell(_ events: [Event]) {
        let isFirst = state.withLock { state in
            let isFirst = state.isEmpty
            for event in events where state.heads[event.tenant] != nil || state.heads.count < Self.mostHeads {
                state.heads[event.tenant] = max(state.heads[event.tenant] ?? 0, event.seq)
            }
            return isFirst && !state.isEmpty
        }
        if isFirst { alarm.ring() }
    }

    /// - Returns: false when there is no room for it.
    func tell(_ channel: String, _ payload: String) -> Bool {
        let (isTaken, isFirst) = state.withLock { state in
            guard state.payloads.count < Self.mostPayloads, !state.isClosed else { return (false, false) }
            let isFirst = state.isEmpty
            state.payloads.append((channel, payload))
            return (true, isFirst)
        }
        if isFirst { alarm.ring() }
        return isTaken
    }

    /// Tells what waits, if the database takes it at once, and ends the thread.
    func close() async {
        state.withLock { $0.isClosed = true }
        alarm.ring()
        await withCheckedContinuation { done in ended.notify(queue: .global()) { done.resume() } }
    }

    private func run() {
        let session = Session(place, settings)
        while true {
            alarm.wait()
            let began = ContinuousClock.now
            let due = state.withLock { state in
                defer { (state.heads, state.payloads) = ([:], []) }
                return state
            }
            if !due.isEmpty { tell(due, on: session) }
            if due.isClosed { return }
            let left = Self.pause - (.now - began)
            if left > .zero { usleep(UInt32(left / .microseconds(1))) }
        }
    }

    private func tell(_ due: State, on session: Session) {
        let payloads = due.payloads + WakePayload.encode(due.heads)
        let statements = stride(from: 0, to: payloads.count, by: Self.batch).map { start in
            let some = payloads[start..<min(start + Self.batch, payloads.count)]
            return Statement(
                "SELECT pg_notify(c, p) FROM unnest($1::text[], $2::text[]) u(c, p)", .texts(some.map(\.channel)),
                .texts(some.map(\.payload)))
        }
        // What can't be told now is not told later: others find it when they poll, and by the next that is told.
        do {
            try session.connect().0.run(statements, by: .now() + settings.answerTime)
        } catch {
            session.drop()
        }
    }
}
