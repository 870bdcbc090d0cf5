import Events
import NIOCore
import NIOPosix
import StrictJSON
import TestSupport
import Testing

@testable import Rooms

/// Several threads commit to several tenants; readers on two loops each get all of theirs, in order.
@Suite(.serialized) struct TwoLoopsTests {
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    private static let tenants = ["t0", "t1", "t2"].map { TenantID($0)! }
    private static let ann = UserID("ann")!

    /// Where a reader is, and what it is to get.
    private struct Place: Sendable {
        let reader: TestReader
        let hub: LoopHub
        let tenant: TenantID
        let selection: Selection
    }

    private func start(_ recentBytes: Int) -> (Relay, ManyTenantsLog, [LoopHub]) {
        var limits = RoomLimits.patient
        limits.recentBytes = recentBytes
        limits.slice = 2
        let relay = Relay(limits: limits, clock: { 0 })
        let log = ManyTenantsLog(relay: relay)
        relay.start(history: log, on: Self.group.makeIterator().map { $0 })
        return (relay, log, relay.hubs)
    }

    private func open(_ place: Place, after cursor: String?) async throws {
        let request = StreamRequest(
            principal: Principal(tenant: place.tenant, user: Self.ann, expiresAt: .never), selection: place.selection,
            cursor: cursor,
            head: ByteBuffer(), snapshotURL: "")
        try await place.hub.loop.submit {
            place.hub.open(request, on: place.reader.sink) { place.reader.outcome = $0 }
        }.get()
    }

    @Test(arguments: [1 << 20, 1500])
    func `every reader on every loop gets every event of its tenant, once, in order`(recentBytes: Int) async throws {
        let (relay, log, hubs) = start(recentBytes)
        #expect(hubs.count == 2)
        var places: [Place] = []
        for tenant in Self.tenants {
            for hub in hubs {
                for (selection, room) in [
                    (Selection(boards: .all), Int.max), (Selection(boards: .all, user: Self.ann), 500),
                    (Selection(boards: .only([BoardID("a")!]), user: Self.ann), Int.max),
                ] {
                    let place = Place(
                        reader: TestReader(room: room), hub: hub, tenant: tenant, selection: selection)
                    try await open(place, after: "0-abcdef01")
                    places.append(place)
                }
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for writer in UInt64(0)..<4 {
                group.addTask {
                    var random = SplitMix(seed: writer &* 7919)
                    let audiences: [Audience] = [.board(.main), .board(BoardID("a")!), .user(Self.ann), .tenant]
                    for _ in 0..<300 {
                        let count = Int.random(in: 1...3, using: &random)
                        log.commit(
                            Self.tenants.randomElement(using: &random)!,
                            (0..<count).map { _ in audiences.randomElement(using: &random)! })
                        if Int.random(in: 0..<20, using: &random) == 0 { await Task.yield() }
                    }
                }
            }
        }
        for place in places { try await finish(place, log) }
        #expect(relay.connections == places.count)
        for place in places {
            try await place.hub.loop.submit { place.reader.reader.map { $0.drop() } }.get()
        }
        #expect(relay.connections == 0)
    }

    @Test func `an event is encoded once, and both loops share its bytes`() async throws {
        let (_, log, hubs) = start(1 << 20)
        let tenant = Self.tenants[0]
        var places: [Place] = []
        for hub in hubs {
            let place = Place(
                reader: TestReader(room: .max), hub: hub, tenant: tenant, selection: Selection(boards: .all))
            try await open(place, after: "0-abcdef01")
            places.append(place)
        }
        for _ in 0..<100 { log.commit(tenant, [.board(.main)]) }
        for place in places { try await finish(place, log) }
        let tails = try await places.asyncMap { place in
            try await place.hub.loop.submit { try place.reader.stream.events.dropFirst().map(\.data) }.get()
        }
        #expect(tails[0] == tails[1])
        #expect(tails[0].count == 100)
    }

    /// Lets the reader read until it has everything.
    private func finish(_ place: Place, _ log: ManyTenantsLog) async throws {
        let expected = log.all(of: place.tenant).filter(place.selection.shows).map(\.seq)
        _ = try await comesTrue {
            try await place.hub.loop.submit {
                place.reader.sink.drain(1 << 20)
                return place.reader.numbers.count >= expected.count
            }.get()
        }
        let numbers = try await place.hub.loop.submit { place.reader.numbers }.get()
        #expect(numbers == expected)
        let tenants = try await place.hub.loop.submit {
            try place.reader.objects.compactMap { $0["tenant"]?.string }
        }.get()
        #expect(Set(tenants) == [place.tenant.rawValue], "nothing of another tenant")
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
