public import Boards
public import Events
public import ServiceLifecycle
import StrictJSON
import Synchronization
public import TaskFiles

/// Runs the imports, each in its own task; at most as many as ``ImportSlots`` allows.
///
/// When the gateway shuts down, each import ends after its current batch, and its job records that. The keeper of the
/// jobs knows which of them are worked on here, and gets their ends stored.
public final class ImportRunner: Service {
    public let slots: ImportSlots
    private let jobs: JobKeeper
    private let store: any BoardStore
    private let isRevoked: @Sendable (Principal) -> Bool
    private let home: ImportHome?
    private let runs: AsyncStream<ImportRun>
    private let continuation: AsyncStream<ImportRun>.Continuation

    /// - Parameters:
    ///   - slots: how many files there may be at once.
    ///   - home: where there are other gateways that run imports on the same store.
    ///   - isRevoked: whether a principal's token has been revoked. Asked before each batch; from any thread.
    public init(
        jobs: JobKeeper, slots: ImportSlots = ImportSlots(), home: ImportHome? = nil,
        isRevoked: @escaping @Sendable (Principal) -> Bool
    ) {
        (self.jobs, self.slots, self.home, self.isRevoked) = (jobs, slots, home, isRevoked)
        store = JobKeepingStore(jobs)
        (runs, continuation) = AsyncStream.makeStream(of: ImportRun.self)
    }

    public func run() async throws {
        await withDiscardingTaskGroup { group in
            for await run in runs.cancelOnGracefulShutdown() { group.addTask { await run.run() } }
        }
    }

    /// Begins an import, or continues one that ended before its last row.
    ///
    /// - Parameters:
    ///   - key: the `Idempotency-Key`. The same call with the same key gets the same job while that runs and when it is
    ///     completed; when it ended otherwise, a new job writes the missing rows. What counts is whether it runs, even
    ///     when its end can't be stored: nobody gets a job that no run is working on.
    ///   - lists: what becomes of the file's lists; to create them is for those who may change boards.
    ///   - fingerprint: of the file, the board and `lists`.
    /// - Throws: ``ImportError/refused(_:)`` as the store does, with ``Boards/BoardError/keyReused`` for another file or
    ///   board under the same key; ``ImportError/begunTooOften(times:)``.
    public func begin(
        _ file: TaskFile, on board: BoardID, lists: ImportLists = .match, key: String?, fingerprint: [UInt8],
        slot: ImportSlot, by principal: Principal
    ) async throws(ImportError) -> Job {
        var name = ImportName.random()
        for attempt in 0..<Self.mostAttempts {
            let found: Job?
            do throws(BoardError) {
                found = try await self.job(attempt, of: &name, file, on: board, key, fingerprint, by: principal)
            } catch {
                throw .refused(error)
            }
            // It is no longer kept.
            guard let job = found else { continue }
            let isElsewhere = try await self.isElsewhere(job)
            if !job.status.isFinal, isElsewhere { return job }
            switch job.status {
            case .queued where home.map({ job.node == $0.own() }) ?? true:
                start(
                    ImportRun(
                        job: job.id, name: name, author: principal, board: board, file: file, lists: lists,
                        fingerprint: fingerprint, slot: slot, jobs: jobs, store: store, isRevoked: isRevoked))
                return job
            case .queued, .processing:
                guard jobs.begin(job.id, by: principal) else { return job }
                // Nobody works on it.
                await jobs.end(job.id, of: principal.tenant, with: Self.cutOff)
            case .completed: return job
            case .failed, .cancelled: continue
            }
        }
        throw .begunTooOften(times: Self.mostAttempts)
    }

    static let mostAttempts = 50
    private static let cutOff = JobReport(status: .failed, error: ImportRun.restarted)

    /// The current state of the job, which is created when there is none yet. Nil when it is no longer kept.
    ///
    /// - Parameter name: becomes that of the import that was begun under the same key, if there is one.
    private func job(
        _ attempt: Int, of name: inout ImportName, _ file: TaskFile, on board: BoardID, _ key: String?,
        _ fingerprint: [UInt8], by author: Principal
    ) async throws(BoardError) -> Job? {
        var input = JSONObject()
        input["import"] = .string(name.seed)
        input["attempt"] = .number(JSONNumber(attempt))
        input["format"] = .string(file.format.rawValue)
        input["rows"] = .number(JSONNumber(file.count))
        if let home { input["node"] = .string(home.own()) }
        let key = attempt == 0 ? key : name.attempt(attempt)
        let draft = JobDraft(name: "Import", board: board, input: .object(input))
        let made = try await store.write(
            .createJob(name.job(attempt), draft), by: author,
            once: key.flatMap { IdempotencyKey($0, fingerprint: fingerprint) })
        if let known = ImportName(made.job) { name = known }
        do throws(BoardError) { return try await store.job(name.job(attempt), for: author).job } catch {
            guard case .notFound = error else { throw error }
            return nil
        }
    }

    /// Whether another gateway works on it, which is there.
    private func isElsewhere(_ job: Job) async throws(ImportError) -> Bool {
        guard let home, let node = job.node, node != home.own(), !job.status.isFinal else { return false }
        do throws(StoreFailure) { return try await home.members().contains(node) } catch {
            throw .refused(.failed(error))
        }
    }

    /// Starts a run, once for each job, even when several calls ask for it.
    private func start(_ run: ImportRun) {
        if jobs.begin(run.job, by: run.author) { continuation.yield(run) }
    }

    /// Fails the imports that the previous process, or a gateway that is gone, left unfinished: from now on they are shown as failed, and that is
    /// stored as soon as it can be. Call after ``Boards/JobKeeper/load()`` and before ``run()``, and when a gateway of
    /// the same store is gone.
    ///
    /// - Throws: ``Boards/BoardError`` when the jobs can't be read.
    public func endAbandoned() async throws(BoardError) {
        var abandoned: [OpenJob] = []
        var members: Set<String> = []
        do throws(StoreFailure) { members = try await home?.members() ?? [] } catch { throw .failed(error) }
        for open in try await store.openJobs() {
            let creator = Principal(tenant: open.tenant, user: open.createdBy)
            let job: Job
            // It has ended meanwhile.
            do throws(BoardError) { job = try await store.job(open.id, for: creator).job } catch .notFound {
                continue
            }
            guard ImportName(job) != nil, !(job.node.map(members.contains) ?? false) else { continue }
            abandoned.append(open)
        }
        await jobs.end(abandoned: abandoned, with: Self.cutOff)
    }
}

extension Job {
    /// The gateway that began the import; nil where there is one alone.
    fileprivate var node: String? { input?.object?["node"]?.string }
}
