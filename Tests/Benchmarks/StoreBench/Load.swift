import Boards
import Events
import Foundation
import SQLiteStore
import StrictJSON
import Synchronization

/// So many callers, each making one task after the other.
struct Load {
    struct Result {
        let perSecond: Int
        /// Microseconds.
        let p50: Int
        let p99: Int
        /// Microseconds of CPU per write, of all threads: the store's and the callers'.
        let processor: Int
    }

    private let store: SQLiteBoardStore
    private let tenants: Int
    private let inFlight: Int

    init(folder: String, synchronous: StoreSettings.Synchronous, tenants: Int, inFlight: Int) throws {
        var settings = StoreSettings()
        settings.synchronous = synchronous
        let clock = Mutex(1_768_473_000_000)
        store = try SQLiteBoardStore(.file(folder + "/bench.sqlite"), settings: settings) {
            clock.withLock {
                $0 += 1; return Timestamp(milliseconds: $0)
            }
        } announce: { _ in
        }
        self.tenants = tenants
        self.inFlight = inFlight
    }

    func run(seconds: Double) async throws -> Result {
        let body = #"{"name":"Write the release notes","description":"For the next version","labels":["docs"]}"#
        let draft = try TaskDraft(JSONParser.parse(body.utf8).object!)
        let processor = clock()
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let times = try await withThrowingTaskGroup(of: [Int].self) { group in
            for caller in 0..<inFlight {
                let author = Principal(tenant: TenantID("t\(caller % tenants)")!, user: UserID("u\(caller)")!)
                group.addTask {
                    var times: [Int] = []
                    var before = ContinuousClock.now
                    while before < end {
                        _ = try await store.write(.createTask(draft), by: author, once: nil)
                        let after = ContinuousClock.now
                        times.append(Int((after - before) / .microseconds(1)))
                        before = after
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let used = Int(clock() - processor) / times.count
        await store.close()
        return Result(
            perSecond: Int(Double(times.count) / elapsed), p50: times[times.count / 2],
            p99: times[times.count * 99 / 100], processor: used)
    }
}
