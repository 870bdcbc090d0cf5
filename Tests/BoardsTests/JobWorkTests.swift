import Contracts
import Events
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Boards

/// Jobs that the gateway works on itself, and a store that can't always take their ends.
@Suite struct JobWorkTests {
    private final class Time: Sendable {
        let now = Mutex(Uptime(nanoseconds: 7))
    }

    private let store: MemoryBoardStore
    private let lines = LogLines()
    private let time = Time()
    private let events = Announced()
    private let keeper: JobKeeper
    private let jobs: JobKeepingStore

    private final class Announced: Sendable {
        let all = Mutex<[Event]>([])
    }

    init() {
        let (time, events) = (time, events)
        store = MemoryBoardStore(now: { 1_768_473_000_000 }, announce: { new in events.all.withLock { $0 += new } })
        keeper = JobKeeper(store: store, patience: .seconds(300), logger: lines.logger) { time.now.withLock { $0 } }
        jobs = JobKeepingStore(keeper)
    }

    private static let full = JobReport(status: .failed, error: "the disk is full", details: .string("row 7"))

    private func pass(milliseconds: Int) async {
        time.now.withLock { $0 = $0 + .milliseconds(milliseconds) }
        await keeper.attend()
    }

    /// A job whose work has begun.
    private func begin() async throws -> JobID {
        let id = try await jobs.write(.createJob(.random(), JobDraft(name: "a")), by: .ann, once: nil).job.id
        #expect(keeper.begin(id, by: .ann))
        _ = try await jobs.write(.reportJob(id, JobReport(status: .processing, progress: 9)), by: .ann, once: nil)
        return id
    }

    private func end(_ id: JobID, _ report: JobReport = full) async {
        await keeper.end(id, of: Principal.ann.tenant, with: report)
    }

    private func stored(_ id: JobID) async throws -> Job { try await store.job(id, for: .ann).job }
    private func shown(_ id: JobID) async throws -> Job { try await jobs.job(id, for: .ann).job }

    private func list(_ status: JobStatus?) async throws -> [JobID] {
        var query = JobQuery()
        query.status = status
        return try await jobs.jobs(query, for: .ann).items.map(\.id)
    }

    private var told: [String] { events.all.withLock { $0.map { "\($0.type)" } } }

    @Test func `an end is stored at once where it can be`() async throws {
        let id = try await begin()
        #expect(!keeper.begin(id, by: .ann))
        await end(id)
        #expect(try await stored(id).error == "the disk is full")
        #expect(keeper.work(on: id, of: Principal.ann.tenant) == nil)
        #expect(told == ["job.created", "job.progress", "job.failed"])
        // The keeper has nothing left to do.
        await pass(milliseconds: 1_000_000)
        #expect(told.count == 3)
    }

    @Test(arguments: [StoreFailure.full, .busy(retryAfter: .seconds(60)), .broken("a row can't be read")])
    func `an end that the store can't take is tried less and less often, until it is stored`(failure: StoreFailure)
        async throws
    {
        let id = try await begin()
        store.fail(failure)
        await end(id)
        #expect(store.failedWrites == 1)
        var tries = 1
        for milliseconds in [100, 200, 400, 800, 1600, 2000, 2000] {
            await pass(milliseconds: milliseconds - 1)
            #expect(store.failedWrites == tries)
            await pass(milliseconds: 1)
            tries += 1
            #expect(store.failedWrites == tries)
        }
        // For longer than a worker may be silent.
        for _ in 0..<200 { await pass(milliseconds: 2000) }
        #expect(try await stored(id).status == .processing && told.count == 2)
        store.fail(nil)
        await pass(milliseconds: 2000)
        let job = try await stored(id)
        #expect(job.status == .failed && job.error == "the disk is full" && job.details == .string("row 7"))
        #expect(told == ["job.created", "job.progress", "job.failed"])
        await pass(milliseconds: 1_000_000)
        #expect(told.count == 3)
        #expect(lines.all.isEmpty, "the store logs what fails")
    }

    @Test func `a failure is shown before it is stored, as it will be then`() async throws {
        let id = try await begin()
        store.fail(.full)
        await end(id)
        let early = try await shown(id)
        #expect(early.status == .failed && early.error == "the disk is full" && early.progress == 9)
        #expect(try await stored(id).status == .processing)
        #expect(try await list(.processing).isEmpty)
        #expect(try await list(nil) == [id])
        store.fail(nil)
        await pass(milliseconds: 100)
        #expect(try await shown(id) == early)
        #expect(try await stored(id) == early)
        #expect(try await list(.failed) == [id])
    }

    @Test func `a completion is shown once it is stored`() async throws {
        let id = try await begin()
        store.fail(.full)
        await end(id, JobReport(status: .completed))
        #expect(try await shown(id).status == .processing)
        #expect(try await list(.processing) == [id])
        store.fail(nil)
        await pass(milliseconds: 100)
        #expect(try await shown(id).status == .completed)
    }

    @Test func `a job that is worked on never stalls`() async throws {
        let id = try await begin()
        for _ in 0..<10 { await pass(milliseconds: 300_000) }
        #expect(try await stored(id).status == .processing)
        await end(id, JobReport(status: .completed))
        #expect(try await stored(id).status == .completed)
    }

    @Test func `a job that was cancelled, or went with its board, has its end already`() async throws {
        let id = try await begin()
        store.fail(.full)
        await end(id)
        store.fail(nil)
        _ = try await jobs.write(.cancelJob(id), by: .ann, once: nil)
        await pass(milliseconds: 100)
        #expect(keeper.work(on: id, of: Principal.ann.tenant) == nil)
        #expect(try await stored(id).status == .cancelled)
        let gone = JobID.random()
        #expect(keeper.begin(gone, by: .ann))
        await end(gone)
        #expect(keeper.work(on: gone, of: Principal.ann.tenant) == nil)
        let other = try await begin()
        await keeper.end(other, of: Principal.ann.tenant, with: nil)
        #expect(keeper.work(on: other, of: Principal.ann.tenant) == nil)
    }

    @Test func `what a process before left is ended, now or later, and that is one line in the log`() async throws {
        let first = JobID.random()
        _ = try await store.write(.createJob(first, JobDraft(name: "a")), by: .ann, once: nil)
        try await keeper.load()
        await keeper.end(abandoned: try await store.openJobs(), with: JobReport(status: .failed, error: "cut off"))
        #expect(try await stored(first).error == "cut off" && lines.all.isEmpty)
        for _ in 0..<2 {
            _ = try await store.write(.createJob(.random(), JobDraft(name: "a")), by: .ann, once: nil)
        }
        let open = try await store.openJobs()
        try await keeper.load()
        store.fail(.busy(retryAfter: .seconds(1)))
        await keeper.end(abandoned: open, with: JobReport(status: .failed, error: "cut off"))
        #expect(lines.all == ["warning jobs that were cut off are ended later jobs=2"])
        for job in open { #expect(try await shown(job.id).error == "cut off") }
        store.fail(nil)
        await pass(milliseconds: 100)
        for job in open { #expect(try await stored(job.id).error == "cut off") }
    }

    @Test func `at the end everything that can be is stored, and the rest is one line in the log`() async throws {
        let kept = try await begin()
        store.fail(.full)
        await end(kept)
        store.fail(nil)
        await keeper.close(within: .seconds(60))
        #expect(try await stored(kept).status == .failed)
        let (lost, cut) = (try await begin(), try await begin())
        store.fail(.busy(retryAfter: .seconds(1)))
        await end(lost)
        let before = lines.all.count
        await keeper.close(within: .milliseconds(1))
        keeper.giveUp()
        let said = lines.all.dropFirst(before)
        #expect(said.count == 1)
        let line = try #require(said.first)
        #expect(line.hasPrefix("error ends of jobs are not stored jobs=2 which="))
        #expect(line.contains("acme/\(lost) failed") && line.contains("acme/\(cut) cut off"))
    }

    @Test func `of very many ends that wait the reasons are kept alone`() {
        var own = OwnJobs()
        let keys = (0...JobLimits.wholeEnds).map { _ in JobSchedule.Key(tenant: Principal.ann.tenant, job: .random()) }
        for key in keys {
            let isFirst = own.begin(key, by: Principal.ann.user)
            #expect(isFirst)
            own.end(key, with: Self.full, at: 1)
        }
        for (index, key) in keys.enumerated() {
            guard case .ended(let report) = own.work(on: key) else {
                Issue.record("not ended")
                return
            }
            #expect(report.status == .failed && report.error == "the disk is full")
            #expect((report.details != nil) == (index < JobLimits.wholeEnds))
        }
        let due = [own.takeDue(at: 0), own.takeDue(at: 1), own.takeDue(at: 1)]
        #expect(due.map(\.count) == [0, keys.count, 0])
        #expect(own.next == nil)
    }
}
