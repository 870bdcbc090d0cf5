import Contracts
import Events
import StrictJSON
import Synchronization
import Testing

@testable import Boards

@Suite struct JobKeeperTests {
    /// Both clocks at once: that of the store and that of the keeper.
    private final class World: Sendable {
        let store: TestStore
        let keeper: JobKeeper
        /// What routes write to.
        let jobs: JobKeepingStore
        private let uptime: Time

        private final class Time: Sendable {
            let now = Mutex(Uptime(nanoseconds: 7))
        }

        init() throws {
            let time = Time()
            uptime = time
            store = try TestStore { MemoryBoardStore(retention: $0, now: $1, uptime: $2, announce: $3) }
            keeper = JobKeeper(store: store.store, patience: .seconds(300)) { time.now.withLock { $0 } }
            jobs = JobKeepingStore(keeper)
        }

        /// Time passes in which nothing is done.
        func stop(milliseconds: Int) {
            store.advance(by: .milliseconds(milliseconds))
            uptime.now.withLock { $0 = $0 + .milliseconds(milliseconds) }
        }

        func pass(milliseconds: Int) async {
            stop(milliseconds: milliseconds)
            await keeper.attend()
        }

        func create() async throws -> JobID {
            try await jobs.write(.createJob(.random(), JobDraft(name: "a")), by: .ann, once: nil).job.id
        }

        var told: [String] {
            store.announced.map { event in
                let job = event.object["job"]?.object
                return "\(event.type) \(job?["progress"]?.int ?? -1)"
            }
        }
    }

    @Test func `held progress is told 250 ms after what was told before it`() async throws {
        let world = try World()
        let id = try await world.create()
        for progress in [10, 20, 30] {
            _ = try await world.jobs.write(.reportJob(id, JobReport(progress: progress)), by: .ann, once: nil)
            await world.pass(milliseconds: 50)
        }
        #expect(world.told == ["job.created 0", "job.progress 10"])
        await world.pass(milliseconds: 99)
        #expect(world.told.count == 2)
        await world.pass(milliseconds: 1)
        #expect(world.told == ["job.created 0", "job.progress 10", "job.progress 30"])
        await world.pass(milliseconds: 1000)
        #expect(world.told.count == 3)
    }

    @Test func `the end is told once, and what was held is not told after it`() async throws {
        let world = try World()
        let id = try await world.create()
        for progress in [10, 20] {
            _ = try await world.jobs.write(.reportJob(id, JobReport(progress: progress)), by: .ann, once: nil)
        }
        _ = try await world.jobs.write(.cancelJob(id), by: .ann, once: nil)
        _ = try await world.jobs.write(.cancelJob(id), by: .ann, once: nil)
        await world.pass(milliseconds: 400_000)
        #expect(world.told == ["job.created 0", "job.progress 10", "job.failed 20"])
        let refused = await refusal {
            _ = try await world.jobs.write(.reportJob(id, JobReport(progress: 30)), by: .ann, once: nil)
        }
        #expect(refused == .conflict(.jobIsFinal(.cancelled)))
    }

    @Test func `a job whose worker is silent for as long as may be fails as stalled`() async throws {
        let world = try World()
        let id = try await world.create()
        await world.pass(milliseconds: 299_999)
        _ = try await world.jobs.write(.reportJob(id, JobReport()), by: .ann, once: nil)
        await world.pass(milliseconds: 299_999)
        #expect(world.told == ["job.created 0"])
        await world.pass(milliseconds: 1)
        #expect(world.told == ["job.created 0", "job.failed 0"])
        #expect(try await world.store.store.job(id, for: .ann).job.error == "stalled")
    }

    @Test(arguments: [(30_000, false), (30_001, true), (400_000, true)])
    func `after the process stood still each worker gets its time anew`(pause: Int, isRenewed: Bool) async throws {
        let world = try World()
        _ = try await world.create()
        for _ in 0..<10 {
            await world.pass(milliseconds: 29_000)
            world.keeper.notePause()
        }
        world.stop(milliseconds: pause)
        world.keeper.notePause()
        await world.pass(milliseconds: 0)
        #expect(world.told.last == (isRenewed ? "job.created 0" : "job.failed 0"))
        guard isRenewed else { return }
        for _ in 0..<10 {
            await world.pass(milliseconds: 29_999)
            world.keeper.notePause()
        }
        #expect(world.told.last == "job.created 0")
        await world.pass(milliseconds: 10)
        #expect(world.told.last == "job.failed 0")
    }

    @Test func `a new keeper goes on where the one before left off`() async throws {
        let world = try World()
        let draft = JobDraft(name: "a")
        let id = JobID.random()
        try await world.store.write(.createJob(id, draft))
        for progress in [10, 20] { try await world.store.write(.reportJob(id, JobReport(progress: progress))) }
        try await world.keeper.load()
        // Not sooner than it may be told.
        await world.pass(milliseconds: 0)
        #expect(world.told == ["job.created 0", "job.progress 10"])
        await world.pass(milliseconds: 250)
        #expect(world.told == ["job.created 0", "job.progress 10", "job.progress 20"])
        await world.pass(milliseconds: 300_000)
        #expect(world.told.last == "job.failed 20")
    }

    @Test func `a job that went with its board is forgotten`() async throws {
        let world = try World()
        try await world.store.createBoard(#"{"id":"b1"}"#)
        _ = try await world.jobs.write(
            .createJob(.random(), JobDraft(name: "a", board: BoardID("b1"))), by: .ann, once: nil)
        try await world.store.write(.deleteBoard(BoardID("b1")!))
        let count = world.store.announced.count
        await world.pass(milliseconds: 300_000)
        await world.pass(milliseconds: 300_000)
        #expect(world.store.announced.count == count)
    }

    @Test func `a worker's end and the keeper's are one`() async throws {
        let world = try World()
        for _ in 0..<20 {
            let id = try await world.create()
            let before = world.store.announced.count
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await world.pass(milliseconds: 300_000) }
                group.addTask {
                    _ = try? await world.jobs.write(.reportJob(id, JobReport(status: .completed)), by: .ann, once: nil)
                }
            }
            #expect(world.store.announced.count == before + 1)
        }
    }
}
