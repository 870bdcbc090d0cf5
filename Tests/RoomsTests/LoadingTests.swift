import Events
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import Rooms

/// A tenant is brought into memory while its log goes on: whatever is committed or announced before, during and after
/// the reading, every reader gets it once.
@Suite(.serialized) struct LoadingTests {
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private static let tenant = TenantID("acme")!

    /// What happens around the reading of the log's end.
    struct Course: Sendable {
        /// Committed and announced before it is read.
        var before = 0
        /// Committed before it is read, and announced later.
        var late = 0
        /// Whether that is while the tenant is still being loaded.
        var lateWhileLoading = false
        /// Committed and announced after it was read, before the tenant is in memory.
        var after = 0
    }

    @Test(
        arguments: [
            Course(), Course(before: 3), Course(after: 3), Course(late: 1), Course(late: 3),
            Course(late: 3, lateWhileLoading: true),
            Course(before: 2, late: 2, lateWhileLoading: true, after: 2), Course(before: 30, late: 30),
            Course(late: 25, lateWhileLoading: true, after: 30),
        ], [(1 << 20, false), (1 << 20, true), (2000, false), (2000, true)])
    func `every reader gets every event once, whatever is announced while the tenant is loaded`(
        course: Course, way: (recentBytes: Int, isOfTail: Bool)
    ) async throws {
        var limits = RoomLimits.immediate
        limits.recentBytes = way.recentBytes
        let relay = Relay(limits: limits, clock: { 0 })
        let log = ManyTenantsLog(relay: relay)
        let loop = Self.group.any()
        relay.start(history: log, on: [loop])
        let hub = try #require(relay.hub(on: loop))
        let commit: @Sendable (Int) -> Void = { log.commit(Self.tenant, Array(repeating: .board(.main), count: $0)) }
        let late = Mutex<[Event]>([])
        let announceLate: @Sendable () -> Void = { relay.announce(late.withLock { $0 }) }
        commit(5)
        let around: ManyTenantsLog.Around = (
            before: {
                commit(course.before)
                late.withLock { $0 = log.write(Self.tenant, Array(repeating: .board(.main), count: course.late)) }
            },
            after: {
                if course.lateWhileLoading { announceLate() }
                commit(course.after)
            }
        )
        log.aroundTail.withLock { $0 = [way.isOfTail ? 2 : 1: around] }
        let first = try await open(hub, after: 0)
        // By then the end of the log has been read for it, if it is read at all.
        try await loop.settle { first.numbers.count >= 5 }
        log.aroundTail.withLock { $0 = [:] }
        if !course.lateWhileLoading { announceLate() }
        let head = log.all(of: Self.tenant).count
        let readers = [
            first, try await open(hub, after: 0), try await open(hub, after: head - 1),
            try await open(hub, after: head),
        ]
        commit(1)
        commit(2)
        let last = try await open(hub, after: 0)
        commit(1)
        for (reader, after) in zip(readers + [last], [0, 0, head - 1, head, 0]) {
            try await expect(Array((after + 1)...(head + 4)), from: reader, on: loop)
        }
    }

    private func open(_ hub: LoopHub, after seq: Int) async throws -> TestReader {
        let reader = TestReader(room: .max)
        let request = StreamRequest(
            principal: Principal(tenant: Self.tenant, user: UserID("someone")!, expiresAt: .never),
            selection: Selection(boards: .all), cursor: "\(seq)-abcdef01", head: ByteBuffer(), snapshotURL: "")
        try await hub.loop.submit { hub.open(request, on: reader.sink) { reader.outcome = $0 } }.get()
        try await hub.loop.settle { reader.outcome != nil }
        return reader
    }

    private func expect(_ numbers: [Int], from reader: TestReader, on loop: any EventLoop) async throws {
        try await loop.settle { reader.numbers.last == numbers.last }
        // Whatever came twice has come by now: what is sent later is numbered higher.
        let got = try await loop.submit { reader.numbers }.get()
        #expect(got == numbers)
    }
}
