import CPostgres
import Events
import Glibc

/// One connection to PostgreSQL, for one thread. libpq never blocks it: the thread waits in `poll(2)`, until its deadline.
///
/// Statements go in pipelines: many in one round trip. After an error, or an answer that did not come in time, the
/// connection is of no use any more, and is thrown away by its owner.
final class Connection {
    /// What the thread does beside waiting: called at a time, and then again and again, each `pause` later.
    struct Impatience {
        let from: Uptime
        let pause = Duration.milliseconds(200)
        let body: () -> Void
    }

    /// How many bytes are gathered before they are sent.
    private static let burst = 64 << 10

    private let raw: OpaquePointer
    private var names: [String: String] = [:]
    private(set) var isBroken = false

    deinit { cpq_finish(raw) }

    /// - Throws: ``PostgresError/unreachable(reason:)``, with what libpq says of it, which names host and user.
    init(_ place: PostgresPlace, by deadline: Uptime, _ impatience: Impatience? = nil) throws(PostgresError) {
        guard let raw = place.begin() else { throw .unreachable(reason: "no memory") }
        self.raw = raw
        guard Int(cpq_status(raw)) != CPQ_CONNECTION_BAD else { throw failure() }
        var events = Int16(POLLOUT)
        while true {
            // The socket may be another one after each step.
            try wait(for: events, by: deadline, impatience)
            switch Int(cpq_connectPoll(raw)) {
            case CPQ_POLLING_READING: events = Int16(POLLIN)
            case CPQ_POLLING_WRITING: events = Int16(POLLOUT)
            case CPQ_POLLING_OK:
                // What it says between two statements is said again by the next, or by the end of the connection.
                _ = cpq_setNoticeProcessor(raw, { _, _ in }, nil)
                guard cpq_setnonblocking(raw, 1) == 0, cpq_enterPipelineMode(raw) == 1 else { throw failure() }
                return
            default: throw failure()
            }
        }
    }

    var serverVersion: Int { Int(cpq_serverVersion(raw)) }
    func parameter(_ name: String) -> String? { cpq_parameterStatus(raw, name).map { String(cString: $0) } }

    /// Runs the statements in one round trip, all or, when one fails, those before it.
    ///
    /// - Returns: what each gave.
    @discardableResult
    func run(
        _ statements: [Statement], by deadline: Uptime, _ impatience: Impatience? = nil
    ) throws(PostgresError) -> [Rows] {
        do throws(PostgresError) {
            var waiting = 0
            var isPreparation: [Bool] = []
            for statement in statements {
                let name: String
                if let known = names[statement.sql] {
                    name = known
                } else {
                    name = "s\(names.count)"
                    let types = statement.types
                    try require(cpq_sendPrepare(raw, name, statement.sql, Int32(types.count), types) == 1)
                    names[statement.sql] = name
                    isPreparation.append(true)
                }
                let (outcome, bytes) = statement.withParameters { count, values, lengths, formats in
                    cpq_sendQueryPrepared(raw, name, count, values, lengths, formats, 1)
                }
                try require(outcome == 1)
                isPreparation.append(false)
                waiting += bytes
                if waiting > Self.burst {
                    try flush(by: deadline, impatience)
                    waiting = 0
                }
            }
            try require(cpq_pipelineSync(raw) == 1)
            try flush(by: deadline, impatience)
            var rows: [Rows] = []
            rows.reserveCapacity(statements.count)
            for isPreparation in isPreparation {
                let found = try answer(by: deadline, impatience)
                if !isPreparation { rows.append(found) }
            }
            guard let sync = try result(by: deadline, impatience) else { throw failure() }
            defer { cpq_clear(sync) }
            try require(Int(cpq_resultStatus(sync)) == CPQ_PIPELINE_SYNC)
            return rows
        } catch {
            isBroken = true
            throw error
        }
    }

    // MARK: Notifications

    /// Waits until something comes from the server or `bell` rings, but not beyond `time`.
    func idle(until time: Uptime, _ bell: Bell) throws(PostgresError) {
        let time = max(.zero, min(time - Uptime.now(), .seconds(60)))
        var waited = [
            pollfd(fd: cpq_socket(raw), events: Int16(POLLIN), revents: 0),
            pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&waited, 2, Int32(clamping: Int(time / .milliseconds(1)) + 1))
        if waited[1].revents != 0 { bell.silence() }
        if waited[0].revents != 0 { try require(cpq_consumeInput(raw) == 1) }
    }

    /// What was notified on the channels that this session listens to, and was not returned before.
    func notifications() -> [(channel: String, payload: String)] {
        var found: [(channel: String, payload: String)] = []
        while let next = cpq_notifies(raw) {
            found.append((String(cString: next.pointee.relname), String(cString: next.pointee.extra)))
            cpq_freemem(next)
        }
        return found
    }

    /// The answer to one statement.
    private func answer(by deadline: Uptime, _ impatience: Impatience?) throws(PostgresError) -> Rows {
        guard let found = try result(by: deadline, impatience) else { throw failure() }
        switch Int(cpq_resultStatus(found)) {
        case CPQ_COMMAND_OK, CPQ_TUPLES_OK: break
        default:
            let state = cpq_resultErrorField(found, Int32(CPQ_DIAG_SQLSTATE)).map { String(cString: $0) }
            cpq_clear(found)
            if let state { throw .refused(state: state) }
            throw failure()
        }
        let rows = Rows(found)
        // Nothing follows in the answer to a prepared statement.
        if let more = try result(by: deadline, impatience) {
            cpq_clear(more)
            throw .unsuitable(reason: "it gives several answers to one statement")
        }
        return rows
    }

    private func result(by deadline: Uptime, _ impatience: Impatience?) throws(PostgresError) -> OpaquePointer? {
        while cpq_isBusy(raw) == 1 {
            try wait(for: Int16(POLLIN), by: deadline, impatience)
            try require(cpq_consumeInput(raw) == 1)
        }
        return cpq_getResult(raw)
    }

    /// Sends what is buffered. The server may have to be read from before it reads on.
    private func flush(by deadline: Uptime, _ impatience: Impatience?) throws(PostgresError) {
        while true {
            switch cpq_flush(raw) {
            case 0: return
            case 1:
                try wait(for: Int16(POLLIN | POLLOUT), by: deadline, impatience)
                try require(cpq_consumeInput(raw) == 1)
            default: throw failure()
            }
        }
    }

    /// Waits until one of `events` has come.
    private func wait(for events: Int16, by deadline: Uptime, _ impatience: Impatience?) throws(PostgresError) {
        var next = impatience?.from ?? .never
        while true {
            let now = Uptime.now()
            guard now < deadline else { throw .unreachable(reason: "it does not answer") }
            if let impatience, now >= next {
                impatience.body()
                next = now + impatience.pause
            }
            var descriptor = pollfd(fd: cpq_socket(raw), events: events, revents: 0)
            let time = min(deadline, next) - now
            let milliseconds = min(
                max(
                    1,
                    Int32(clamping: time.components.seconds) &* 1000
                        &+ Int32(time.components.attoseconds / 1_000_000_000_000_000)), 60_000)
            let found = poll(&descriptor, 1, milliseconds)
            if found > 0 { return }
            if found < 0, errno != EINTR { throw .unreachable(reason: "poll(2) failed with \(errno)") }
        }
    }

    private func require(_ condition: Bool) throws(PostgresError) { if !condition { throw failure() } }

    private func failure() -> PostgresError {
        isBroken = true
        let message = String(cString: cpq_errorMessage(raw))
        let line = message.split(whereSeparator: \.isNewline).first.map(String.init)
        return .unreachable(reason: line ?? "the connection ended")
    }
}
