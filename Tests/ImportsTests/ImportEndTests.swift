import Boards
import Contracts
import Events
import Synchronization
import TestSupport
import Testing

@testable import Imports

/// How imports end that the store fails, and that nobody works on any more.
@Suite struct ImportEndTests {
    private func refused(_ world: ImportWorld, _ count: Int) async -> ImportError? {
        await #expect(throws: ImportError.self) { _ = try await world.begin(try world.file(count), key: "k") }
    }

    @Test func `an import that finds the disk full fails as that, once it can, and its key goes on`() async throws {
        let store = MemoryBoardStore(now: { 1_768_473_000_000 })
        let batches = Atomic(0)
        let world = ImportWorld(after: store) { _ in
            if batches.add(1, ordering: .relaxed).newValue == 2 { store.fail(.full) }
            return false
        }
        try await world.importing {
            let first = try await world.begin(try world.file(60), key: "k")
            #expect(try await comesTrue { try await world.shown(first.id).status == .failed })
            #expect(try await world.shown(first.id).error == "the disk is full")
            #expect(try await world.job(first.id).status == .processing)
            // Its end waits, and nobody gets it.
            #expect(await refused(world, 60) == .refused(.failed(.full)))
            store.fail(nil)
            let done = try await world.end(of: first.id)
            #expect(done.error == "the disk is full" && done.message == "25 of 60 rows" && done.details != nil)
            let second = try await world.begin(try world.file(60), key: "k")
            #expect(second.id != first.id)
            #expect(try await world.end(of: second.id).status == .completed)
            #expect(try await world.names() == (1...60).map { "row \($0)" })
        }
    }

    @Test func `an import whose last report can't be stored is handed out, for it will be completed`() async throws {
        let store = MemoryBoardStore(now: { 1_768_473_000_000 })
        let world = ImportWorld(after: store)
        let first = try await world.begin(try world.file(3), key: "k")
        store.fail(.full)
        await world.jobs.end(first.id, of: ImportWorld.ann.tenant, with: JobReport(status: .completed))
        store.fail(nil)
        let again = try await world.begin(try world.file(3), key: "k")
        #expect(again.id == first.id && again.status == .queued)
    }

    @Test func `an import waits while the store is busy`() async throws {
        let store = MemoryBoardStore(now: { 1_768_473_000_000 })
        let world = ImportWorld(after: store)
        let first = try await world.begin(try world.file(60))
        store.fail(.busy(retryAfter: .milliseconds(1)))
        try await world.importing {
            #expect(try await comesTrue { store.failedWrites > 2 })
            store.fail(nil)
            let done = try await world.end(of: first.id)
            #expect(done.status == .completed)
        }
        #expect(try await world.names().count == 60)
    }

    @Test func `what a restart cut off is failed although it can't be stored, and no key hands it out`() async throws {
        let before = ImportWorld()
        let first = try await before.begin(try before.file(3), key: "k")
        let world = ImportWorld(after: before.store)
        try await world.jobs.load()
        world.store.fail(.full)
        try await world.imports.endAbandoned()
        let shown = try await world.shown(first.id)
        #expect(shown.status == .failed && shown.error == ImportRun.restarted)
        #expect(await refused(world, 3) == .refused(.failed(.full)))
        world.store.fail(nil)
        try await world.importing {
            let second = try await world.begin(try world.file(3), key: "k")
            #expect(second.id != first.id)
            #expect(try await world.end(of: second.id).status == .completed)
            #expect(try await world.end(of: first.id).error == ImportRun.restarted)
        }
    }

    @Test func `a job that nobody works on is ended, and not handed out`() async throws {
        let before = ImportWorld()
        let first = try await before.begin(try before.file(3), key: "k")
        _ = try await before.store.write(
            .reportJob(first.id, JobReport(status: .processing)), by: ImportWorld.ann, once: nil)
        let world = ImportWorld(after: before.store)
        let second = try await world.begin(try world.file(3), key: "k")
        #expect(second.id == ImportName(first)?.job(1))
        #expect(try await world.job(first.id).error == ImportRun.restarted)
    }
}
