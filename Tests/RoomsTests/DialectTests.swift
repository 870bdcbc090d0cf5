import Events
import NIOCore
import NIOEmbedded
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Rooms

/// Streams that tell events in another shape are streams like any other: in order, without a gap, slow or quick.
@Suite(.serialized) struct DialectTests {
    /// Tells the numbers of a kind of event by a name, and ends with the event of type `task.deleted`.
    struct Counting: Dialect {
        let name: String
        var tells: EventType = .taskCreated
        var endsAtResync = false

        func encode(frame: EventFrame) -> Encoded? {
            if frame.type == .taskDeleted {
                return Encoded(StreamBytes.block(name: "done", json: Array("\(frame.seq)".utf8)), isLast: true)
            }
            guard frame.type == tells else { return nil }
            return Encoded(StreamBytes.block(name: "count", json: Array("\(frame.seq)".utf8)))
        }

        func encode(notice: Notice, json: [UInt8]) -> ByteBuffer {
            switch notice {
            case .established(_, let cursor, let retry):
                StreamBytes.block(id: "\(cursor.seq)", retry: retry, json: nil)
            case .resync(let reason, _, _): StreamBytes.block(name: "lost", json: Array(reason.rawValue.utf8))
            case .expiring: ByteBuffer()
            case .closing(let reason, _): StreamBytes.block(name: "closing", json: Array(reason.rawValue.utf8))
            }
        }

        var heartbeat: ByteBuffer { StreamBytes.block(name: "heartbeat", json: Array("{}".utf8)) }
    }

    private let counting = Wire.dialect(Counting(name: "count"))

    private func told(_ reader: TestReader, in hub: TestHub) async throws -> [String] {
        try await hub.read { try reader.stream.events.filter { $0.name != nil }.map { "\($0.name!) \($0.data)" } }
    }

    @Test func `events are told in the dialect's shape, and what it leaves out is not`() async throws {
        let hub = TestHub()
        let plain = try await hub.joinLive()
        let reader = try await hub.joinLive(on: counting)
        hub.log.commit(.board(.main), count: 2)
        hub.log.commit(.board(.main), type: .taskUpdated)
        hub.log.commit(.user(UserID("someone else")!))
        hub.log.commit(.board(.main))
        hub.relay.announce(
            ephemeral: EventFrame(ephemeral: Array("{}".utf8), audience: .tenant, type: .typing, timestamp: 0),
            in: TestLog.tenant)
        try await hub.settle { plain.numbers.last == 5 }
        #expect(try await told(reader, in: hub) == ["count 1", "count 2", "count 5"])
        let first = try await hub.read { try reader.stream.events.first }
        #expect(first?.id == "0")
        #expect(first?.retry != nil)
        #expect(first?.data == "")
    }

    @Test func `equal dialects share a list, others do not`() async throws {
        let hub = TestHub()
        let readers = [
            try await hub.joinLive(on: counting), try await hub.joinLive(on: counting),
            try await hub.joinLive(on: .dialect(Counting(name: "updates", tells: .taskUpdated))),
            try await hub.joinLive(),
        ]
        try await hub.read {
            let lists = readers.map { ObjectIdentifier($0.reader!.listed.list!) }
            #expect(lists[0] == lists[1])
            #expect(Set(lists).count == 3)
        }
    }

    @Test func `a stream that needs every event ends where the log no longer has them`() async throws {
        var limits = RoomLimits.immediate
        limits.recentBytes = 500
        for endsAtResync in [true, false] {
            let hub = TestHub(limits)
            let wire = Wire.dialect(Counting(name: "all", endsAtResync: endsAtResync))
            let reader = try await hub.join(on: wire, room: 100)
            hub.log.commit(.board(.main), count: 50)
            try await hub.settle { reader.reader?.isBlocked == true }
            hub.log.oldest.withLock { $0 = 45 }
            try await hub.settle {
                reader.sink.drain(1 << 20)
                return reader.sink.isClosed || reader.reader?.state == .live
            }
            let end = try await told(reader, in: hub).last
            #expect(end == (endsAtResync ? "closing max_age" : "lost cursor_expired"))
            #expect(try await hub.read { reader.sink.isClosed } == endsAtResync)
        }
    }

    @Test func `what was missed comes first, from memory or from the store`() async throws {
        for recentBytes in [1 << 20, 500] {
            var limits = RoomLimits.immediate
            limits.recentBytes = recentBytes
            let hub = TestHub(limits)
            let plain = try await hub.joinLive()
            hub.log.commit(.board(.main), count: 30)
            try await hub.settle { plain.numbers.last == 30 }
            let reader = try await hub.joinLive(after: "3-abcdef01", on: counting)
            hub.log.commit(.board(.main))
            try await hub.settle { plain.numbers.last == 31 }
            #expect(try await told(reader, in: hub) == (4...31).map { "count \($0)" })
        }
    }

    @Test func `a state comes before what followed it, and nothing in between is missed`() async throws {
        let hub = TestHub()
        let plain = try await hub.joinLive()
        hub.log.commit(.board(.main), count: 4)
        let reader = try await hub.join(on: counting) {
            let seq = hub.log.all.count
            hub.log.commit(.board(.main), count: 2)
            let state = Encoded(StreamBytes.block(name: "state", json: Array("\(seq)".utf8)))
            return .init(state, at: Cursor(seq: seq, epoch: hub.log.epoch))
        }
        try await hub.settle { reader.reader?.state == .live && plain.numbers.last == 6 }
        #expect(try await told(reader, in: hub) == ["state 4", "count 5", "count 6"])
    }

    @Test func `a state that is the last ends the stream, whatever the log says after it`() async throws {
        let hub = TestHub()
        let reader = try await hub.join(on: counting) {
            hub.log.commit(.board(.main))
            let state = Encoded(StreamBytes.block(name: "state", json: Array("0".utf8)), isLast: true)
            return .init(state, at: Cursor(seq: 0, epoch: hub.log.epoch))
        }
        try await hub.settle { reader.sink.isClosed }
        #expect(try await told(reader, in: hub) == ["state 0"])
        #expect(try await hub.read { try reader.stream.isEnded })
        #expect(hub.relay.connections == 0)
    }

    @Test func `the last event ends every stream of its list, and no other`() async throws {
        let hub = TestHub()
        let plain = try await hub.joinLive()
        let readers = [try await hub.joinLive(on: counting), try await hub.joinLive(on: counting)]
        hub.log.commit(.board(.main))
        hub.log.commit(.board(.main), type: .taskDeleted)
        hub.log.commit(.board(.main))
        try await hub.settle { plain.numbers.last == 3 && readers.allSatisfy { $0.sink.isClosed } }
        for reader in readers {
            #expect(try await told(reader, in: hub) == ["count 1", "done 2"])
            #expect(try await hub.read { try reader.stream.isEnded })
        }
        #expect(hub.relay.connections == 1)
    }

    @Test func `the last event ends a stream in its user's own room`() async throws {
        let hub = TestHub()
        let someone = UserID("someone")!
        let reader = try await hub.joinLive(Selection(boards: .only([]), user: someone), on: counting)
        hub.log.commit(.user(someone))
        hub.log.commit(.user(someone), type: .taskDeleted)
        try await hub.settle { reader.sink.isClosed }
        #expect(try await told(reader, in: hub) == ["count 1", "done 2"])
        #expect(try await hub.read { try reader.stream.isEnded })
    }

    @Test(arguments: [1, 7, 25, 40, 90])
    func `a slow reader gets everything up to the last event, and then its end`(step: Int) async throws {
        let hub = TestHub()
        let slow = try await hub.joinLive(on: counting)
        try await hub.read { slow.sink.room = step }
        hub.log.commit(.board(.main), count: 9)
        hub.log.commit(.board(.main), type: .taskDeleted)
        hub.log.commit(.board(.main), count: 3)
        try await hub.settle {
            slow.sink.drain(step)
            return slow.sink.isClosed
        }
        #expect(try await told(slow, in: hub) == (1...9).map { "count \($0)" } + ["done 10"])
        #expect(hub.relay.connections == 0)
    }

    @Test func `a stream of limited life ends as max_age, and its heartbeats are its dialect's`() async throws {
        let loop = NIOAsyncTestingEventLoop()
        var limits = RoomLimits.immediate
        limits.heartbeat = .seconds(2)
        let hub = TestHub(limits, on: loop)
        let reader = try await hub.join(on: counting, lifetime: .seconds(5))
        let other = try await hub.join(on: counting)
        await loop.advanceTime(by: .seconds(4))
        #expect(try await !hub.read { reader.sink.isClosed })
        await loop.advanceTime(by: .seconds(2))
        #expect(try await hub.read { reader.sink.isClosed })
        let told = try await told(reader, in: hub)
        #expect(told.last == "closing max_age")
        #expect(told.dropLast().allSatisfy { $0 == "heartbeat {}" })
        #expect(told.count >= 2)
        #expect(try await !hub.read { other.sink.isClosed })
        await loop.shutdownGracefully()
    }

    @Test func `a cursor that can't be honoured is answered in the dialect's shape`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive(after: "9-abcdef01", on: counting)
        #expect(try await told(reader, in: hub) == ["lost cursor_ahead"])
    }
}
