import Events
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import Rooms

/// The recent frames of all tenants together, and what their readers get when theirs had to go.
@Suite(.serialized) struct FramesBudgetTests {
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private func tenant(_ number: Int) -> TenantID { TenantID("t\(number)")! }

    /// What one frame of ``ManyTenantsLog`` counts with.
    private var one: Int {
        let event = Event(
            tenant: tenant(1), seq: 1, epoch: Epoch(rawValue: 0xABCD_EF01), audience: .board(.main), type: .taskCreated,
            timestamp: 0,
            json: Array(#"{"tenant":"t1","seq":1}"#.utf8))
        return EventFrame(event).footprint
    }

    private struct World {
        let relay: Relay
        let log: ManyTenantsLog
        let hub: LoopHub

        /// - Parameters:
        ///   - total: bytes of all frames.
        init(total: Int, each: Int = 1 << 20) throws {
            var limits = RoomLimits.immediate
            limits.recentBytes = each
            limits.recentBytesTotal = total
            relay = Relay(limits: limits, clock: { 0 })
            log = ManyTenantsLog(relay: relay)
            let loop = FramesBudgetTests.group.any()
            relay.start(history: log, on: [loop])
            hub = try #require(relay.hub(on: loop))
        }

        var footprint: Int { relay.state.withLock { $0.frames.footprint } }

        func held(_ tenant: TenantID) -> ClosedRange<Int>? {
            relay.state.withLock { state in
                guard let recent = state.memories[tenant]?.recent, let oldest = recent.oldest else { return nil }
                return recent.newest.map { oldest...$0 }
            }
        }

        func commit(_ tenant: TenantID, _ count: Int = 1) {
            for _ in 0..<count { log.commit(tenant, [.board(.main)]) }
        }

        func open(_ tenant: TenantID, after seq: Int? = nil, room: Int = .max) async throws -> TestReader {
            let reader = TestReader(room: room)
            let request = StreamRequest(
                principal: Principal(tenant: tenant, user: UserID("someone")!, expiresAt: .never),
                selection: Selection(boards: .all), cursor: seq.map { "\($0)-abcdef01" }, head: ByteBuffer(),
                snapshotURL: "")
            try await hub.loop.submit { [hub] in hub.open(request, on: reader.sink) { reader.outcome = $0 } }.get()
            try await hub.loop.settle { reader.reader?.state == .live || room != .max }
            return reader
        }

        func numbers(_ reader: TestReader, upTo last: Int) async throws -> [Int] {
            try await hub.loop.settle {
                reader.sink.drain(1 << 20)
                return reader.numbers.last == last
            }
            return try await hub.loop.submit { reader.numbers }.get()
        }
    }

    @Test func `a stream at the head costs no frames, however long the log is`() async throws {
        let world = try World(total: 1 << 20)
        for number in 1...20 {
            world.commit(tenant(number), 100)
            _ = try await world.open(tenant(number))
        }
        #expect(world.footprint == 0)
    }

    @Test func `a tenant without a connection costs no frames`() throws {
        let world = try World(total: 1 << 20)
        world.commit(tenant(1), 100)
        #expect(world.footprint == 0)
    }

    @Test func `the tenant whose frames were used longest ago gives way`() async throws {
        let world = try World(total: 30 * one)
        for number in 1...3 {
            _ = try await world.open(tenant(number))
            world.commit(tenant(number), 10)
        }
        #expect(world.footprint == 30 * one)
        // A page is a use.
        _ = try await world.open(tenant(1), after: 3)
        world.commit(tenant(3), 1)
        #expect(world.held(tenant(1)) == 1...10)
        #expect(world.held(tenant(2)) == nil)
        #expect(world.held(tenant(3)) == 1...11)
        #expect(world.footprint == 21 * one)
    }

    @Test func `a tenant that needs all the room loses its own oldest`() async throws {
        let world = try World(total: 30 * one)
        for number in 1...2 { _ = try await world.open(tenant(number)) }
        world.commit(tenant(1), 5)
        world.commit(tenant(2), 100)
        #expect(world.held(tenant(1)) == nil)
        #expect(world.held(tenant(2)) == 71...100)
        #expect(world.footprint == 30 * one)
    }

    @Test func `a smaller limit counts from the next event on`() async throws {
        let world = try World(total: 100 * one)
        for number in 1...2 {
            _ = try await world.open(tenant(number))
            world.commit(tenant(number), 40)
        }
        var limits = RoomLimits.immediate
        limits.recentBytesTotal = 10 * one
        world.relay.admit(within: limits)
        world.commit(tenant(2))
        #expect(world.held(tenant(1)) == nil)
        #expect(world.held(tenant(2)) == 32...41)
    }

    @Test func `a tenant that is forgotten no longer counts`() async throws {
        let world = try World(total: 1 << 20)
        for number in 1...100 {
            let reader = try await world.open(tenant(number))
            world.commit(tenant(number), 3)
            try await world.hub.loop.submit { reader.reader?.drop() }.get()
        }
        // 64 tenants without connections are kept.
        #expect(world.footprint <= 64 * 3 * one)
        #expect(world.footprint >= 63 * 3 * one)
    }

    @Test func `readers that lag have the log read into memory once`() async throws {
        let world = try World(total: 1 << 20)
        world.commit(tenant(1), 15)
        let first = try await world.open(tenant(1), after: 3)
        #expect(try await world.numbers(first, upTo: 15) == Array(4...15))
        #expect(world.held(tenant(1)) == 1...15)
        let reads = world.log.tails.withLock { $0 }
        // Once when the tenant was loaded, once for the reader.
        #expect(reads == 2)
        for after in 0...14 {
            let other = try await world.open(tenant(1), after: after)
            #expect(try await world.numbers(other, upTo: 15) == Array(after + 1...15))
        }
        #expect(world.log.tails.withLock { $0 } == reads)
    }

    @Test func `a reader whose frames went reads on from the log at its cursor`() async throws {
        let world = try World(total: 30 * one)
        // Some 100 bytes each: it stops within the first events.
        let slow = try await world.open(tenant(1), room: 900)
        _ = try await world.open(tenant(2))
        for _ in 0..<20 {
            world.commit(tenant(1), 20)
            // The other tenant takes all the room.
            world.commit(tenant(2), 40)
            #expect(world.held(tenant(1)) == nil)
            try await world.hub.loop.submit { slow.sink.drain(300) }.get()
        }
        #expect(try await world.numbers(slow, upTo: 400) == Array(1...400))
        // And it is live again.
        world.commit(tenant(1), 1)
        #expect(try await world.numbers(slow, upTo: 401) == Array(1...401))
    }

    @Test(arguments: 0..<20)
    func `however little room there is, every reader gets every event once and in order`(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let total = [0, one, 7 * one, 40 * one].randomElement(using: &random)!
        let world = try World(total: total, each: [2 * one, 20 * one, 1 << 20].randomElement(using: &random)!)
        var readers: [(TestReader, TenantID, after: Int)] = []
        for _ in 0..<120 {
            let tenant = tenant(Int.random(in: 1...4, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where readers.count < 16:
                let after = Int.random(in: 0...world.log.all(of: tenant).count, using: &random)
                let room = Bool.random(using: &random) ? Int.max : Int.random(in: 500...900, using: &random)
                readers.append((try await world.open(tenant, after: after, room: room), tenant, after))
            case 1:
                let everyone = readers.map(\.0)
                try await world.hub.loop.submit { for reader in everyone { reader.sink.drain(400) } }.get()
            default: world.commit(tenant, Int.random(in: 1...12, using: &random))
            }
            #expect(world.footprint <= total)
        }
        for (reader, tenant, after) in readers {
            let head = world.log.all(of: tenant).count
            guard head > after else { continue }
            #expect(try await world.numbers(reader, upTo: head) == Array(after + 1...head), "seed \(seed)")
        }
    }
}
