import Events
import TestSupport
import Testing

@testable import Rooms

@Suite struct LeasesTests {
    @Test func `a lease ends at its time, the oldest first`() {
        var leases = Leases<String>()
        leases.renew("a", until: 10)
        leases.renew("b", until: 11)
        leases.renew("c", until: 12)
        #expect(leases.nextDeadline == 10)
        #expect(leases.expire(at: 9) == [])
        #expect(leases.expire(at: 11) == ["a", "b"])
        #expect(leases.expire(at: 11) == [])
        #expect(leases.expire(at: 100) == ["c"])
        #expect(leases.isEmpty && leases.nextDeadline == nil)
    }

    @Test func `a lease that is renewed ends at its new time, once`() {
        var leases = Leases<String>()
        leases.renew("a", until: 10)
        leases.renew("a", until: 15)
        leases.renew("a", until: 15)
        #expect(leases.count == 1)
        #expect(leases.expire(at: 14) == [])
        #expect(leases.expire(at: 15) == ["a"])
        #expect(leases.expire(at: 99) == [])
    }

    @Test func `a lease that was ended does not end again, and can begin anew`() {
        var leases = Leases<String>()
        leases.renew("a", until: 10)
        let (first, second) = (leases.end("a"), leases.end("a"))
        #expect(first && !second)
        #expect(!leases.contains("a"))
        leases.renew("a", until: 20)
        #expect(leases.expire(at: 10) == [])
        #expect(leases.expire(at: 20) == ["a"])
    }

    @Test func `renewing and ending without end takes no more room`() {
        var leases = Leases<Int>()
        leases.renew(-1, until: .never)
        for time in 0..<100_000 {
            leases.renew(time % 3, until: Uptime(nanoseconds: Int64(time)))
            if time % 5 == 0 { leases.end(time % 3) }
            #expect(leases.places <= 2 * 4 + 65)
        }
        #expect(leases.contains(-1) && leases.count <= 4)
    }
}
