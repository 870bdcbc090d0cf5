import Events
import NIOCore
import TestSupport
import Testing

@testable import Rooms

@Suite struct RecentFramesTests {
    private func frame(_ seq: Int, bytes: Int = 100, at time: Timestamp = 0) -> EventFrame {
        let empty = EventFrame(event(seq, padding: 0, at: time)).bytes.readableBytes
        return EventFrame(event(seq, padding: max(0, bytes - empty), at: time))
    }

    private func event(_ seq: Int, padding: Int, at time: Timestamp) -> Event {
        Event(
            tenant: TestLog.tenant, seq: seq, epoch: Epoch(rawValue: 1), audience: .tenant, type: .taskCreated,
            timestamp: time,
            json: Array(repeating: UInt8(ascii: "x"), count: padding))
    }

    private func recent(
        bytes: Int = .max, count: Int = .max, age: Duration = .seconds(1000), holding range: ClosedRange<Int>? = nil
    ) -> RecentFrames {
        var recent = RecentFrames(limits: .init(bytes: bytes, count: count, age: age))
        for seq in range.map(Array.init) ?? [] { recent.append(frame(seq)) }
        return recent
    }

    private func page(_ recent: RecentFrames, after seq: Int, bytes: Int = .max, now: Timestamp = 0) -> [Int]? {
        recent.page(after: seq, bytes: bytes, now: now)?.map(\.seq)
    }

    @Test func `a page is what follows a number, and nothing beyond what is held`() {
        let recent = recent(holding: 5...9)
        #expect(recent.oldest == 5)
        #expect(recent.newest == 9)
        #expect(page(recent, after: 4) == [5, 6, 7, 8, 9])
        #expect(page(recent, after: 7) == [8, 9])
        #expect(page(recent, after: 9) == [])
        #expect(page(recent, after: 3) == nil)
        #expect(page(recent, after: 0) == nil)
    }

    @Test func `a frame beyond the next begins anew, and one that is held already changes nothing`() {
        var recent = recent(holding: 1...5)
        recent.append(frame(3))
        #expect(page(recent, after: 2) == [3, 4, 5])
        recent.append(frame(7))
        #expect(recent.oldest == 7)
        #expect(page(recent, after: 5) == nil)
        recent.append(frame(8))
        #expect(page(recent, after: 6) == [7, 8])
    }

    @Test func `nothing is held at first`() {
        #expect(recent().oldest == nil)
        #expect(recent().newest == nil)
        #expect(page(recent(), after: 0) == nil)
    }

    @Test func `the oldest go when there are too many`() {
        let recent = recent(count: 3, holding: 1...10)
        #expect(recent.oldest == 8)
        #expect(page(recent, after: 7) == [8, 9, 10])
        #expect(page(recent, after: 6) == nil)
    }

    @Test func `the oldest go when they take too much memory, which is more than their bytes`() {
        let one = frame(1, bytes: 300).footprint
        #expect(one > 512)
        var recent = recent(bytes: 10 * one)
        for seq in 1...50 {
            recent.append(frame(seq, bytes: 300))
            #expect(recent.footprint == one * min(seq, 10))
        }
        #expect(page(recent, after: 40) == Array(41...50))
        recent.shrink(to: 3 * one)
        #expect(page(recent, after: 47) == [48, 49, 50])
        #expect(recent.footprint == 3 * one)
        recent.shrink(to: 0)
        #expect(recent.oldest == nil && recent.footprint == 0)
    }

    @Test func `older frames are put before the others as long as there is room, and never with a hole`() {
        let one = frame(1).footprint
        var all = recent(holding: 10...12)
        all.prepend((4...11).map { frame($0) }, before: 13, isAll: false)
        #expect(page(all, after: 3) == Array(4...12))
        #expect(!all.reachesBack)
        all.prepend((1...2).map { frame($0) }, before: 13, isAll: true)
        #expect(all.oldest == 4 && !all.reachesBack)
        all.prepend((1...9).map { frame($0) }, before: 13, isAll: true)
        #expect(page(all, after: 0) == Array(1...12))
        #expect(all.reachesBack)

        var some = recent(bytes: 5 * one, holding: 10...12)
        some.prepend((1...12).map { frame($0) }, before: 13, isAll: true)
        #expect(page(some, after: 7) == Array(8...12))
        #expect(some.reachesBack && some.footprint == 5 * one)

        var none = recent()
        none.prepend([frame(4), frame(5)], before: 9, isAll: false)
        #expect(none.oldest == nil)
        none.prepend([frame(7), frame(8), frame(9)], before: 9, isAll: false)
        #expect(page(none, after: 6) == [7, 8])
    }

    @Test func `an event larger than all the room leaves nothing, and the next one begins anew`() {
        var recent = recent(bytes: 3000, holding: 1...5)
        recent.append(frame(6, bytes: 5000))
        #expect(recent.oldest == nil)
        #expect(page(recent, after: 5) == nil)
        recent.append(frame(7))
        #expect(page(recent, after: 6) == [7])
        #expect(page(recent, after: 5) == nil)
    }

    @Test func `frames that went are let go, not only forgotten`() throws {
        var recent = recent(bytes: 1 << 20)
        for seq in 1...500 { recent.append(frame(seq, bytes: 10_000)) }
        let kept = try #require(Mirror(reflecting: recent).descendant("frames") as? any Sequence)
        #expect(bytes(of: kept) <= 2 << 20)
    }

    private func bytes(of frames: some Sequence) -> Int {
        frames.reduce(0) { $0 + (($1 as? EventFrame)?.bytes.readableBytes ?? 1 << 30) }
    }

    @Test func `a page that begins with an event past its time is left to the log`() {
        var recent = recent(age: .seconds(1))
        recent.append(frame(1, at: 10_000))
        recent.append(frame(2, at: 10_500))
        #expect(page(recent, after: 0, now: 11_000) == [1, 2])
        #expect(page(recent, after: 0, now: 11_001) == nil)
        #expect(page(recent, after: 1, now: 11_001) == [2])
        #expect(page(recent, after: 2, now: 99_999) == [])
    }

    @Test func `a page ends before its bytes are too many, but has one event at least`() {
        let recent = recent(holding: 1...10)
        #expect(page(recent, after: 0, bytes: 300) == [1, 2, 3])
        #expect(page(recent, after: 0, bytes: 299) == [1, 2])
        #expect(page(recent, after: 0, bytes: 1) == [1])
        #expect(page(recent, after: 8, bytes: 1000) == [9, 10])
    }

    @Test func `thousands of frames leave the newest in order`() {
        let recent = recent(count: 700, holding: 1...10_000)
        #expect(page(recent, after: 9300) == Array(9301...10_000))
        #expect(page(recent, after: 9999) == [10_000])
        #expect(page(recent, after: 9299) == nil)
    }
}
