import Boards
import Contracts
import Events
import StrictJSON
import TaskFiles
import TestSupport
import Testing

@testable import Imports

/// A store in memory with acme's board `main`, and imports that run while a test says so.
struct ImportWorld: Sendable {
    static let ann = Principal(tenant: TenantID("acme")!, user: UserID("ann")!)

    let store: MemoryBoardStore
    let jobs: JobKeeper
    let imports: ImportRunner

    /// - Parameter store: that of another world, which this one comes after.
    init(
        after store: MemoryBoardStore = MemoryBoardStore(now: { 1_768_473_000_000 }),
        isRevoked: @escaping @Sendable (Principal) -> Bool = { _ in false }
    ) {
        self.store = store
        jobs = JobKeeper(store: store, patience: .seconds(300), uptime: Uptime.now)
        imports = ImportRunner(jobs: jobs, isRevoked: isRevoked)
    }

    /// A file of so many rows, whose first is `row 1`.
    func file(_ count: Int) throws -> TaskFile {
        try TaskFile(Array(("name\n" + (1...count).map { "row \($0)\n" }.joined()).utf8))
    }

    func begin(_ file: TaskFile, key: String? = nil) async throws -> Job {
        try await imports.begin(
            file, on: .main, key: key, fingerprint: [UInt8(file.count)],
            slot: try imports.slots.take(1, for: Self.ann.tenant), by: Self.ann)
    }

    /// Runs the imports and the keeper of their jobs while `body` does, and gives them up then.
    func importing<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        let running = Task { try await imports.run() }
        let keeping = Task { await jobs.run() }
        defer {
            running.cancel()
            keeping.cancel()
        }
        return try await body()
    }

    func job(_ id: JobID) async throws -> Job { try await store.job(id, for: Self.ann).job }

    /// The job as clients see it.
    func shown(_ id: JobID) async throws -> Job { try await JobKeepingStore(jobs).job(id, for: Self.ann).job }

    /// The job, once it has come to its end.
    func end(of id: JobID) async throws -> Job {
        #expect(try await comesTrue { try await job(id).status.isFinal })
        return try await job(id)
    }

    func names() async throws -> [String] {
        try await store.snapshot(of: .only([.main]), for: Self.ann).tasks.map(\.name)
    }
}
