import Testing

@testable import StreamLoops

@Suite struct LoopTimersTests {
    @Test func `what is due comes in its order, once`() {
        var timers = LoopTimers()
        var done: [Int] = []
        for (number, due) in [(1, 30), (2, 10), (3, 10), (4, 20)] as [(UInt64, UInt64)] {
            timers.add(number, due: due) { done.append(Int(number)) }
        }
        #expect(timers.next == 10)
        for work in timers.takeDue(at: 9) { work() }
        #expect(done == [])
        for work in timers.takeDue(at: 20) { work() }
        #expect(done == [2, 3, 4] && timers.next == 30)
        for work in timers.takeDue(at: 30) { work() }
        #expect(done == [2, 3, 4, 1] && timers.next == nil)
    }

    @Test func `one that was cancelled does nothing, and is forgotten`() {
        var timers = LoopTimers()
        var done: [Int] = []
        timers.add(1, due: 10) { done.append(1) }
        timers.add(2, due: 20) { done.append(2) }
        timers.cancel(1)
        timers.cancel(1)
        timers.cancel(7)
        for work in timers.takeDue(at: 15) { work() }
        #expect(done == [] && timers.next == 20)
        timers.cancel(2)
        #expect(timers.next == nil)
    }
}

@Suite struct LoopSocketsTests {
    private final class Socket: LoopSocket { func ready(_ events: LoopEvents) {} }

    @Test func `a place that was freed is not that of the socket that comes after`() {
        var sockets = LoopSockets()
        let (first, second) = (Socket(), Socket())
        let place = sockets.add(first)
        #expect(sockets[place.data] === first)
        sockets.remove(place)
        #expect(sockets[place.data] == nil)
        let next = sockets.add(second)
        #expect(next.slot == place.slot && next != place)
        #expect(sockets[place.data] == nil && sockets[next.data] === second)
        sockets.remove(place)
        #expect(sockets[next.data] === second)
        #expect(sockets[.max] == nil && sockets[UInt64(99)] == nil)
    }
}
