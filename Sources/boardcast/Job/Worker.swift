import Client
import Glibc
import UnixSignals

/// Runs a command and reports it as a job: its progress, a sign of life, and how it ends. Cancelling the job, or
/// interrupting this process, ends the command and all its descendants.
struct Worker: Sendable {
    let client: GatewayClient
    let reports: JobReports
    let child: ChildProcess
    /// How often an empty report is sent when there is no progress to report.
    let heartbeat: Duration
    private let interruptions: UnixSignalsSequence
    private let state = WorkerState()

    /// - Parameter interruptions: signals, which must be trapped before the command is started.
    init(
        client: GatewayClient, reports: JobReports, child: ChildProcess, heartbeat: Duration,
        interruptions: UnixSignalsSequence
    ) {
        self.interruptions = interruptions
        self.client = client
        self.reports = reports
        self.child = child
        self.heartbeat = heartbeat
    }

    private static let tick = Duration.milliseconds(250)
    /// How long a command has to end after SIGTERM, before it is killed.
    private static let grace = Duration.seconds(5)
    /// How long the last report is retried: longer than a gateway waits for a silent worker unless it is set otherwise,
    /// so that the job ends by one or the other.
    private static let patience = Duration.seconds(600)

    /// Returns when the command has ended and that is reported.
    ///
    /// - Returns: the command's exit code, 128 and the signal's number when one ended it.
    /// - Throws: ``Failure`` when the job was cancelled, when we were interrupted, or when the end could not be reported.
    func run() async throws(Failure) -> Int32 {
        child.read(makeReader())
        let work = Task { await report() }
        let watch = Task { await watchForCancel() }
        let interruption = Task { await waitForInterruption() }
        let exit = await child.wait()
        // Waits for the command's last output, but not for what its descendants write later.
        for _ in 0..<20 where !state.isRead { try? await Task.sleep(for: .milliseconds(50)) }
        for task in [work, watch, interruption] { task.cancel() }
        // Kills descendants that outlived the command.
        if state.isCancelled || state.isInterrupted { child.send(SIGKILL) }
        await work.value
        if state.isInterrupted {
            _ = await reports.cancel()
            throw Failure(.interrupted, "interrupted; the job is cancelled")
        }
        if state.isCancelled { throw Failure(.conflict, "the job was cancelled") }
        return try await finish(exit)
    }

    /// Makes a function that splits the command's output into progress and lines to be passed on.
    private func makeReader() -> @Sendable (ArraySlice<UInt8>?) -> Void {
        let (output, bar) = (OutputBox(), JobBar())
        return { [state] bytes in
            let lines = output.lines(bytes)
            for line in lines {
                switch line {
                case .progress(let percent, let message):
                    state.note(percent: percent, message: message)
                    bar.show(percent: percent, message: message)
                case .other(let bytes): bar.above { try? StandardOutput.write(bytes) }
                }
            }
            guard bytes == nil else { return }
            bar.clear()
            state.finishReading()
        }
    }

    // MARK: While it runs

    private func report() async {
        var sentAt = ContinuousClock.now
        var backoff = Backoff()
        var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
        var isSilent = false
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.tick)
            let progress = state.takeProgress()
            guard progress != nil || ContinuousClock.now - sentAt >= heartbeat else { continue }
            switch await reports.report(progress) {
            case .taken:
                sentAt = .now
                backoff.reset()
                isSilent = false
            case .over(let detail): return StandardError.say("job \(reports.id) is over: \(detail)")
            case .failed(let why):
                state.putBack(progress)
                if !isSilent, !Task.isCancelled { StandardError.say("can't report now: \(why)") }
                isSilent = true
                try? await Task.sleep(for: backoff.next(atLeast: Self.tick, using: &generator))
            }
        }
    }

    private func watchForCancel() async {
        let end = try? await JobFollower.end(ofJob: reports.id, on: client)
        guard case .failed("cancelled", _) = end, state.cancel() else { return }
        StandardError.say("job \(reports.id) was cancelled")
        await endChild()
    }

    private func waitForInterruption() async {
        await withDiscardingTaskGroup { group in
            for await _ in interruptions {
                // The second interruption kills the command.
                if state.isInterrupted { child.send(SIGKILL) }
                state.interrupt()
                group.addTask { await endChild() }
            }
        }
    }

    private func endChild() async {
        child.send(SIGTERM)
        try? await Task.sleep(for: Self.grace)
        if !Task.isCancelled { child.send(SIGKILL) }
    }

    // MARK: At its end

    private func finish(_ exit: ChildProcess.Exit) async throws(Failure) -> Int32 {
        let latest = ContinuousClock.now + Self.patience
        var backoff = Backoff()
        var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
        while true {
            switch await tell(exit) {
            case .taken: return exit.code
            case .over(let detail): throw Failure(.conflict, "job \(reports.id) is over: \(detail)")
            case .failed(let why):
                guard ContinuousClock.now < latest else {
                    throw Failure(.unreachable, "the command ended, but that can't be reported: \(why)")
                }
                try? await Task.sleep(for: backoff.next(atLeast: Self.tick, using: &generator))
            }
        }
    }

    private func tell(_ exit: ChildProcess.Exit) async -> JobReports.Outcome {
        // Its last progress, which must be reported before its end.
        if let progress = state.takeProgress() {
            let outcome = await reports.report(progress)
            if case .failed = outcome { state.putBack(progress) }
            guard case .taken = outcome else { return outcome }
        }
        switch exit {
        case .code(0): return await reports.complete()
        case .code(let code): return await reports.fail("exit code \(code)", exitCode: code)
        case .signal(let signal): return await reports.fail("ended by signal \(signal)", exitCode: nil)
        }
    }
}

extension ChildProcess.Exit {
    /// The exit code that a shell would give.
    fileprivate var code: Int32 {
        switch self {
        case .code(let code): code
        case .signal(let signal): 128 + signal
        }
    }
}
