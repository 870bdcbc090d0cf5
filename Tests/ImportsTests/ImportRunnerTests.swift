import Boards
import Contracts
import Events
import StrictJSON
import Synchronization
import TaskFiles
import Testing

@testable import Imports

@Suite struct ImportRunnerTests {
    private let world = ImportWorld()

    @Test func `a file becomes tasks in its order, and its job says how far it is`() async throws {
        try await world.importing {
            let job = try await world.begin(try world.file(60))
            #expect(job.status == .queued && job.board == .main)
            let done = try await world.end(of: job.id)
            #expect(done.status == .completed && done.progress == 100 && done.message == "60 of 60 rows")
            #expect(try await world.names() == (1...60).map { "row \($0)" })
        }
    }

    @Test func `the same key gives the same job`() async throws {
        let first = try await world.begin(try world.file(3), key: "k")
        #expect(try await world.begin(try world.file(3), key: "k").id == first.id)
    }

    /// As after a copy of the database was put back: the key is not known there.
    @Test func `the same key in another life is another import, with jobs of its own`() async throws {
        let (lost, later) = (ImportWorld(), ImportWorld())
        let first = try await lost.begin(try lost.file(3), key: "k")
        let second = try await later.begin(try later.file(3), key: "k")
        #expect(first.id != second.id && ImportName(first) != ImportName(second))
    }

    @Test func `another file under a key is refused, and its slot is free again`() async throws {
        _ = try await world.begin(try world.file(3), key: "k")
        for _ in 1...3 {
            let error = await #expect(throws: ImportError.self) {
                _ = try await world.begin(try world.file(4), key: "k")
            }
            #expect(error == .refused(.keyReused))
        }
    }

    @Test func `the same key after a cancelled import writes what is missing`() async throws {
        let first = try await world.begin(try world.file(60), key: "k")
        _ = try await world.store.write(.cancelJob(first.id), by: ImportWorld.ann, once: nil)
        let name = try #require(ImportName(first))
        try await world.importing {
            let second = try await world.begin(try world.file(60), key: "k")
            #expect(second.id == name.job(1))
            #expect(try await world.end(of: second.id).status == .completed)
            #expect(try await world.names().count == 60)
        }
        #expect(try await world.job(first.id).status == .cancelled)
    }

    @Test func `a batch that was written before is not written again`() async throws {
        let first = try await world.begin(try world.file(60), key: "k")
        _ = try await world.store.write(.cancelJob(first.id), by: ImportWorld.ann, once: nil)
        try await world.importing {
            let second = try await world.begin(try world.file(60), key: "k")
            #expect(try await world.end(of: second.id).status == .completed)
        }
        // The key of a batch stands for it, whichever job wrote it.
        let name = try #require(ImportName(first))
        let draft = try TaskDraft(#require(try JSONParser.parse(Array(#"{"name":"a"}"#.utf8)).object))
        let error = await #expect(throws: BoardError.self) {
            _ = try await world.store.write(
                .createTasks([draft]), by: ImportWorld.ann, once: IdempotencyKey(name.batch(25), fingerprint: [1]))
        }
        #expect(error == .keyReused)
        #expect(try await world.names() == (1...60).map { "row \($0)" })
    }

    @Test func `an import ends when its token is revoked, before the next batch`() async throws {
        let isRevoked = Atomic(false)
        let world = ImportWorld(isRevoked: { _ in isRevoked.exchange(true, ordering: .relaxed) })
        try await world.importing {
            let job = try await world.end(of: try await world.begin(try world.file(60)).id)
            #expect(job.status == .failed && job.error == "the token that it was begun with was revoked")
            #expect(try await world.names().count == ImportRun.batch)
        }
    }

    @Test func `an import that a restart cut off is failed, and other jobs are left alone`() async throws {
        let job = try await world.begin(try world.file(3), key: "k")
        // What it was made from says nothing without its id.
        let other = JobID.random()
        let draft = JobDraft(name: "Import", board: .main, input: job.input)
        _ = try await world.store.write(.createJob(other, draft), by: ImportWorld.ann, once: nil)
        try await ImportWorld(after: world.store).imports.endAbandoned()
        let failed = try await world.job(job.id)
        #expect(failed.status == .failed && failed.error?.contains("the gateway restarted") == true)
        #expect(try await world.job(other).status == .queued)
    }
}
