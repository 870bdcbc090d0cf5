import Events
import NIOCore
import NIOEmbedded
import StrictJSON
import Synchronization
import Testing

@testable import Rooms

/// Streams that are told of a state: read once for all of them, kept by events, never told too often, never left behind.
@Suite(.serialized) struct StateStreamTests {
    /// Counts events by type; told as `whole N` and `news N`.
    struct Count: StreamState {
        var seq: Int
        var count: Int
        var told: Int
        var isShort = false
        var footprint = 100

        mutating func apply(_ frame: EventFrame) {
            guard frame.seq > seq else { return }
            seq = frame.seq
            if frame.type == .taskCreated { count += 1 }
            if frame.type == .boardDeleted { isShort = true }
        }

        mutating func takeChanges(at now: Timestamp) -> ByteBuffer? {
            guard count != told else { return nil }
            told = count
            return StreamBytes.block(name: "news", json: Array("\(count)".utf8))
        }

        func whole(at now: Timestamp) -> ByteBuffer { StreamBytes.block(name: "whole", json: Array("\(told)".utf8)) }
    }

    final class Counting: StateDialect {
        let name = "counting"
        let log: TestLog
        let reads = Mutex(0)
        /// Done while a read is under way, behind what it reads.
        let meanwhile: @Sendable () -> Void

        init(_ log: TestLog, meanwhile: @escaping @Sendable () -> Void = {}) {
            self.log = log
            self.meanwhile = meanwhile
        }

        func read(_ selection: Selection, after before: (any StreamState)?) async throws -> any StreamState {
            reads.withLock { $0 += 1 }
            let events = log.all
            meanwhile()
            await Task.yield()
            let count = events.count { $0.type == .taskCreated }
            return Count(seq: events.count, count: count, told: (before as? Count)?.told ?? count)
        }

        func encode(notice: Notice, json: [UInt8]) -> ByteBuffer {
            guard case .established = notice else { return ByteBuffer() }
            return StreamBytes.block(name: "connected", json: Array("0".utf8))
        }
    }

    /// Told with each tick, so that no test waits for a timer.
    private func hub(
        _ loop: (any EventLoop)? = nil, coalesce: Duration = .zero, recentBytes: Int = 4 << 20
    ) -> TestHub {
        var limits = RoomLimits.immediate
        limits.stateCoalesce = coalesce
        limits.recentBytes = recentBytes
        return loop.map { TestHub(limits, on: $0) } ?? TestHub(limits)
    }

    private func told(_ reader: TestReader, in hub: TestHub) async throws -> [String] {
        try await hub.read { try reader.stream.events.filter { $0.name != nil }.map { "\($0.name!) \($0.data)" } }
    }

    private func wait(_ hub: TestHub, for reader: TestReader, toSay word: String) async throws {
        try await hub.settle { (try? reader.stream.events.last.map { "\($0.name ?? "") \($0.data)" } == word) ?? false }
    }

    @Test func `streams of a list share one reading, and each is told the whole before what is new`() async throws {
        let hub = hub()
        let dialect = Counting(hub.log)
        hub.log.commit(.board(.main), count: 3)
        let one = try await hub.join(on: .dialect(dialect))
        try await wait(hub, for: one, toSay: "whole 3")
        hub.log.commit(.board(.main), count: 2)
        try await wait(hub, for: one, toSay: "news 5")
        let other = try await hub.join(on: .dialect(Counting(hub.log)))
        try await wait(hub, for: other, toSay: "whole 5")
        hub.log.commit(.board(.main))
        try await wait(hub, for: other, toSay: "news 6")
        try await wait(hub, for: one, toSay: "news 6")
        #expect(try await told(one, in: hub) == ["connected 0", "whole 3", "news 5", "news 6"])
        #expect(try await told(other, in: hub) == ["connected 0", "whole 5", "news 6"])
        #expect(dialect.reads.withLock { $0 } == 1)
    }

    @Test func `what is committed while the state is read is not missed and not counted twice`() async throws {
        let hub = hub()
        let log = hub.log
        let dialect = Counting(log) { log.commit(.board(.main), count: 2) }
        let reader = try await hub.join(on: .dialect(dialect))
        try await wait(hub, for: reader, toSay: "news 2")
        #expect(try await told(reader, in: hub) == ["connected 0", "whole 0", "news 2"])
    }

    @Test func `what leaves a state as it is tells nothing`() async throws {
        let hub = hub()
        let plain = try await hub.joinLive()
        let reader = try await hub.join(on: .dialect(Counting(hub.log)))
        try await wait(hub, for: reader, toSay: "whole 0")
        hub.log.commit(.board(.main), type: .taskUpdated, count: 5)
        try await hub.settle { plain.numbers.last == 5 }
        #expect(try await told(reader, in: hub) == ["connected 0", "whole 0"])
    }

    @Test func `a burst is told once in a while, and its last state always`() async throws {
        let loop = NIOAsyncTestingEventLoop()
        let hub = hub(loop, coalesce: .milliseconds(250))
        let reader = try await hub.join(on: .dialect(Counting(hub.log)))
        try await wait(hub, for: reader, toSay: "whole 0")
        await loop.advanceTime(by: .seconds(1))
        for round in 0..<10 {
            hub.log.commit(.board(.main), count: 10)
            await loop.advanceTime(by: .milliseconds(round == 0 ? 0 : 20))
        }
        #expect(try await told(reader, in: hub) == ["connected 0", "whole 0", "news 10"])
        await loop.advanceTime(by: .milliseconds(250))
        #expect(try await told(reader, in: hub) == ["connected 0", "whole 0", "news 10", "news 100"])
        await loop.shutdownGracefully()
    }

    @Test(arguments: [1, 7, 23, 64])
    func `a slow reader is told the whole when it comes back, and nothing is kept for it`(step: Int) async throws {
        let hub = hub()
        let quick = try await hub.join(on: .dialect(Counting(hub.log)))
        let slow = try await hub.join(on: .dialect(Counting(hub.log)))
        try await wait(hub, for: quick, toSay: "whole 0")
        try await wait(hub, for: slow, toSay: "whole 0")
        try await hub.read { slow.sink.room = 0 }
        for round in 1...30 {
            hub.log.commit(.board(.main))
            try await wait(hub, for: quick, toSay: "news \(round)")
            #expect(try await hub.read { slow.sink.queuedBytes } < 64)
        }
        try await hub.settle {
            slow.sink.drain(step)
            return (try? slow.stream.events.last?.data == "30") ?? false
        }
        #expect(try await told(slow, in: hub).suffix(2) == ["news 1", "whole 30"])
        try await hub.read { slow.sink.room = .max }
        hub.log.commit(.board(.main))
        try await wait(hub, for: slow, toSay: "news 31")
    }

    @Test func `a reader that comes back to what it knows is told nothing again`() async throws {
        let hub = hub()
        let slow = try await hub.join(on: .dialect(Counting(hub.log)))
        try await wait(hub, for: slow, toSay: "whole 0")
        try await hub.read { slow.sink.room = 5 }
        hub.log.commit(.board(.main))
        try await hub.settle { slow.sink.queuedBytes > 0 }
        try await hub.read { slow.sink.drain(1000) }
        try await hub.settle { slow.reader?.state == .live }
        #expect(try await told(slow, in: hub) == ["connected 0", "whole 0", "news 1"])
    }

    @Test func `a state that is short is read anew before it is told`() async throws {
        let hub = hub()
        let dialect = Counting(hub.log)
        let reader = try await hub.join(on: .dialect(dialect))
        try await wait(hub, for: reader, toSay: "whole 0")
        hub.log.commit(.board(.main), count: 4)
        hub.log.commit(.board(.main), type: .boardDeleted)
        try await hub.settle { dialect.reads.withLock { $0 } == 2 }
        try await wait(hub, for: reader, toSay: "news 4")
    }

    @Test func `a state goes with its last stream`() async throws {
        let hub = hub()
        let dialect = Counting(hub.log)
        for round in 1...2 {
            let reader = try await hub.join(on: .dialect(dialect))
            try await wait(hub, for: reader, toSay: "whole 0")
            #expect(dialect.reads.withLock { $0 } == round)
            try await hub.leave(reader)
        }
        #expect(try await hub.read { hub.hub.roomIDs.isEmpty })
    }

    @Test func `a state that can't be read ends the streams that wait for it`() async throws {
        struct Broken: StateDialect {
            let name = "broken"
            func read(_ selection: Selection, after before: (any StreamState)?) async throws -> any StreamState {
                throw RoomError.unavailable
            }
            func encode(notice: Notice, json: [UInt8]) -> ByteBuffer { ByteBuffer() }
        }
        let hub = hub()
        let reader = try await hub.join(on: .dialect(Broken()))
        try await hub.settle { reader.sink.isClosed }
        #expect(hub.relay.connections == 0)
    }
}
