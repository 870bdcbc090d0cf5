import Events
import NIOCore
import StrictJSON
import Synchronization
import Testing

@testable import Rooms

/// A slow reader harms nobody, and is not cut for being slow: it holds one frame, and reads on from the log.
@Suite(.serialized) struct SlowReaderTests {
    private static func largestFrame(of hub: TestHub) -> Int {
        hub.log.all.map { EventFrame($0).bytes.readableBytes }.max() ?? 0
    }

    @Test(arguments: [1 << 20, 2000])
    func `a reader that takes nothing holds one frame while thousands are committed, and then gets all`(
        recentBytes: Int
    ) async throws {
        var limits = RoomLimits.immediate
        limits.recentBytes = recentBytes
        let hub = TestHub(limits)
        let slow = try await hub.joinLive()
        let quick = try await hub.joinLive()
        try await hub.read { slow.sink.room = 0 }
        for round in 1...60 {
            hub.log.commit(.board(.main), count: 50)
            try await hub.settle { quick.numbers.last == round * 50 }
            let queued = try await hub.read { slow.sink.queuedBytes }
            #expect(queued <= Self.largestFrame(of: hub))
            #expect(queued > 0)
        }
        #expect(try await hub.read { slow.numbers } == [])
        try await hub.settle {
            slow.sink.drain(10_000)
            return slow.numbers.count >= 3000
        }
        #expect(try await hub.read { slow.numbers } == Array(1...3000))
        #expect(try await hub.read { quick.numbers } == Array(1...3000))
        try await hub.settle { slow.reader?.state == .live }
    }

    @Test func `a reader that takes a little at a time loses nothing and never holds more than a frame`() async throws {
        let hub = TestHub()
        let slow = try await hub.joinLive()
        try await hub.read { slow.sink.room = 10 }
        for _ in 0..<300 {
            hub.log.commit(.board(.main), count: 3)
            let queued = try await hub.read {
                slow.sink.drain(17)
                return slow.sink.queuedBytes
            }
            #expect(queued <= Self.largestFrame(of: hub))
        }
        try await hub.settle {
            slow.sink.drain(1 << 20)
            return slow.numbers.count >= 900
        }
        #expect(try await hub.read { slow.numbers } == Array(1...900))
        #expect(try await hub.read { try slow.stream.events.count } == 901)
    }

    @Test func `while it is behind, what it has is told by its cursor and its lag`() async throws {
        let hub = TestHub()
        let slow = try await hub.joinLive()
        hub.log.commit(.board(.main), count: 5)
        try await hub.settle { slow.numbers.count == 5 }
        try await hub.read { slow.sink.room = 0 }
        hub.log.commit(.board(.main), count: 20)
        try await hub.settle { slow.sink.queuedBytes > 0 }
        let info = try #require(try await hub.hub.describe(TestLog.tenant).get().connections.first)
        // The frame that was cut is the sink's; it counts as sent.
        #expect(info.cursor == Cursor(seq: 6, epoch: hub.log.epoch))
        #expect(info.lag == 19)
        #expect(info.queuedBytes > 0)
        try await hub.settle {
            slow.sink.drain(1 << 20)
            return slow.numbers.count == 25
        }
        let caughtUp = try #require(try await hub.hub.describe(TestLog.tenant).get().connections.first)
        #expect(caughtUp.cursor.seq == 25)
        #expect(caughtUp.lag == 0)
        #expect(caughtUp.queuedBytes == 0)
        #expect(caughtUp.sentEvents == 25)
    }

    @Test func `a reader whose socket breaks is let go at once`() async throws {
        let hub = TestHub()
        let broken = try await hub.joinLive()
        let other = try await hub.joinLive()
        try await hub.read { broken.sink.abort() }
        hub.log.commit(.board(.main))
        try await hub.settle { other.numbers == [1] }
        #expect(try await hub.read { broken.reader?.state == .closed })
        #expect(hub.relay.connections == 1)
    }
}

/// Whoever the log has left behind is told, and goes on: there is never a silent gap.
@Suite(.serialized) struct LeftBehindTests {
    private static var shortMemory: RoomLimits {
        var limits = RoomLimits.immediate
        limits.recentBytes = 300
        return limits
    }

    @Test func `a reader left behind by the log gets a resync with the reason, and goes on from the head`() async throws
    {
        let hub = TestHub(Self.shortMemory)
        let slow = try await hub.joinLive()
        try await hub.read { slow.sink.room = 0 }
        hub.log.commit(.board(.main), count: 500)
        hub.log.oldest.withLock { $0 = 400 }
        try await hub.settle { slow.sink.queuedBytes > 0 }
        try await hub.settle {
            slow.sink.drain(1 << 20)
            return slow.reader?.state == .live
        }
        #expect(try await hub.read { slow.numbers } == [1], "the frame that was cut, and none after the gap")
        let resync = try #require(try await hub.read { try slow.objects.last })
        #expect(resync["type"]?.string == "stream.resync")
        #expect(resync["reason"]?.string == "cursor_expired")
        #expect(resync["cursor"]?.string == "500-abcdef01")
        #expect(resync["snapshot"]?.string == "/api/boards/main/snapshot")
        hub.log.commit(.board(.main), count: 3)
        try await hub.settle { slow.numbers.count == 4 }
        #expect(try await hub.read { slow.numbers } == [1, 501, 502, 503])
        #expect(try await hub.read { try slow.types.filter { $0 == "stream.resync" }.count } == 1)
    }

    @Test func `a reader at the oldest number that is held misses nothing and is told nothing`() async throws {
        let hub = TestHub(Self.shortMemory)
        hub.log.commit(.board(.main), count: 500)
        hub.log.oldest.withLock { $0 = 400 }
        let reader = try await hub.join(after: "399-abcdef01")
        try await hub.settle { reader.numbers.count == 101 }
        #expect(try await hub.read { reader.numbers } == Array(400...500))
        let established = try #require(try await hub.read { try reader.objects.first })
        #expect(established["recovered"]?.bool == true)
        #expect(established["behind"]?.int == 101)
        #expect(established["cursor"]?.string == "399-abcdef01")
    }

    @Test(arguments: [
        ("398-abcdef01", "cursor_expired"), ("0-abcdef01", "cursor_expired"), ("501-abcdef01", "cursor_ahead"),
        ("450-abcdef02", "epoch_changed"), ("450", "cursor_malformed"), ("1:-1", "cursor_malformed"),
        ("-1-abcdef01", "cursor_malformed"), ("450-ABCDEF01", "cursor_malformed"),
    ])
    func `a cursor that can't be honoured gets the reason behind the first event, and live events after it`(
        cursor: String, reason: String
    ) async throws {
        let hub = TestHub(Self.shortMemory)
        hub.log.commit(.board(.main), count: 500)
        hub.log.oldest.withLock { $0 = 400 }
        let reader = try await hub.joinLive(after: cursor)
        hub.log.commit(.board(.main), count: 2)
        try await hub.settle { reader.numbers.count == 2 }
        let objects = try await hub.read { try reader.objects }
        #expect(objects[0]["type"]?.string == "connection.established")
        #expect(objects[0]["recovered"]?.bool == false)
        #expect(objects[0]["behind"]?.int == 0)
        #expect(objects[1]["type"]?.string == "stream.resync")
        #expect(objects[1]["reason"]?.string == reason)
        #expect(objects[1]["cursor"]?.string == "500-abcdef01")
        #expect(try await hub.read { try reader.stream.events[0].id } == "500-abcdef01")
        #expect(try await hub.read { try reader.stream.events[1].id } == nil)
        #expect(try await hub.read { reader.numbers } == [501, 502])
    }

    @Test(arguments: [nil, ""])
    func `no cursor is live from the head, without a word about it`(cursor: String?) async throws {
        let hub = TestHub(Self.shortMemory)
        hub.log.commit(.board(.main), count: 500)
        let reader = try await hub.joinLive(after: cursor)
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [501] }
        #expect(try await hub.read { try reader.types } == ["connection.established", "task.created"])
    }
}
