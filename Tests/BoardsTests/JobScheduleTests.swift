import Events
import TestSupport
import Testing

@testable import Boards

@Suite struct JobScheduleTests {
    private let key = JobSchedule.Key(tenant: TenantID("acme")!, job: .random())
    private let ann = UserID("ann")!

    private func errand(_ kind: JobSchedule.Errand.Kind) -> JobSchedule.Errand {
        .init(key: key, creator: ann, kind: kind)
    }

    @Test func `nothing is due while there are no jobs`() {
        var schedule = JobSchedule(patience: .nanoseconds(100))
        #expect(schedule.next == nil && schedule.takeDue(at: .never).isEmpty)
    }

    @Test func `what is held is due once, at its time`() {
        var schedule = JobSchedule(patience: .nanoseconds(100))
        schedule.note(key, by: ann, version: 1, isFinal: false, tellsIn: .nanoseconds(5), at: 10)
        #expect(schedule.next == 15 && schedule.takeDue(at: 14).isEmpty)
        #expect(schedule.takeDue(at: 15) == [errand(.tell)])
        #expect(schedule.next == 110 && schedule.takeDue(at: 50).isEmpty)
    }

    @Test func `a silent job is due once, and one that is heard of is not`() {
        var schedule = JobSchedule(patience: .nanoseconds(100))
        schedule.note(key, by: ann, version: 1, isFinal: false, tellsIn: nil, at: 0)
        schedule.note(key, by: ann, version: 2, isFinal: false, tellsIn: nil, at: 60)
        #expect(schedule.takeDue(at: 100).isEmpty && schedule.next == 160)
        #expect(schedule.takeDue(at: 160) == [errand(.stall(version: 2))])
        #expect(schedule.count == 0 && schedule.next == nil)
    }

    @Test func `patience that is given anew begins now, for every job`() {
        var schedule = JobSchedule(patience: .nanoseconds(100))
        let other = JobSchedule.Key(tenant: TenantID("acme")!, job: .random())
        schedule.note(key, by: ann, version: 1, isFinal: false, tellsIn: .nanoseconds(5), at: 0)
        schedule.note(other, by: ann, version: 1, isFinal: false, tellsIn: nil, at: 60)
        schedule.renewPatience(at: 1000)
        #expect(schedule.takeDue(at: 1099) == [errand(.tell)])
        #expect(schedule.next == 1100 && schedule.takeDue(at: 1100).count == 2 && schedule.next == nil)
        schedule.renewPatience(at: 2000)
        #expect(schedule.next == nil)
    }

    @Test func `a job that is finished, or not there any more, is forgotten`() {
        var schedule = JobSchedule(patience: .nanoseconds(100))
        schedule.note(key, by: ann, version: 1, isFinal: false, tellsIn: .nanoseconds(5), at: 0)
        schedule.note(key, by: ann, version: 2, isFinal: true, tellsIn: nil, at: 1)
        #expect(schedule.count == 0 && schedule.takeDue(at: 1000).isEmpty)
        schedule.note(key, by: ann, version: 1, isFinal: false, tellsIn: .nanoseconds(5), at: 0)
        schedule.forget(key)
        #expect(schedule.count == 0 && schedule.next == nil)
    }

    @Test func `news that comes late or twice changes nothing`() {
        var schedule = JobSchedule(patience: .nanoseconds(100))
        schedule.note(key, by: ann, version: 2, isFinal: false, tellsIn: .nanoseconds(5), at: 0)
        schedule.note(key, by: ann, version: 1, isFinal: false, tellsIn: nil, at: 1)
        schedule.note(key, by: ann, version: 2, isFinal: false, tellsIn: nil, at: 1)
        #expect(schedule.takeDue(at: 5) == [errand(.tell)])
    }

    @Test func `a job that is worked on is not silent`() {
        var schedule = JobSchedule(patience: .nanoseconds(100))
        schedule.note(key, by: ann, version: 1, isFinal: false, tellsIn: nil, at: 0)
        let spared = schedule.takeDue(at: 100) { _ in true }
        #expect(spared.isEmpty && schedule.next == 200)
        #expect(schedule.takeDue(at: 200) == [errand(.stall(version: 1))])
    }

    @Test func `what failed is due again, unless there was news`() throws {
        for kind in [JobSchedule.Errand.Kind.tell, .stall(version: 1)] {
            var schedule = JobSchedule(patience: kind == .tell ? .seconds(100) : .seconds(1))
            schedule.note(
                key, by: ann, version: 1, isFinal: false, tellsIn: kind == .tell ? .seconds(1) : nil, at: 0)
            if kind == .tell { #expect(schedule.takeDue(at: 999_999_999).isEmpty) }
            var now: Uptime = 1_000_000_000
            var due = schedule.takeDue(at: now).filter { $0.kind == kind }
            #expect(due == [errand(kind)])
            // Less and less often.
            for milliseconds in [100, 200, 400, 800, 1600, 2000, 2000] {
                schedule.putBack(due[0], at: now)
                now = now + .milliseconds(milliseconds)
                let early = schedule.takeDue(at: now - .nanoseconds(1)).filter { $0.kind == kind }
                #expect(early.isEmpty)
                due = schedule.takeDue(at: now).filter { $0.kind == kind }
                try #require(due.count == 1)
            }
            schedule.note(key, by: ann, version: 2, isFinal: false, tellsIn: .seconds(9), at: now)
            schedule.putBack(due[0], at: now)
            #expect(schedule.takeDue(at: now + .milliseconds(900)).isEmpty)
        }
    }
}
