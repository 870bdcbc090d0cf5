import Events
import TestSupport
import Testing

@testable import Rooms

@Suite struct TypingTests {
    private func place(_ task: Int, _ user: String = "ann", on board: BoardID = .main) -> Typing.Place {
        .init(board: board, task: task, user: UserID(user)!)
    }

    private func said(_ place: Typing.Place, _ isTyping: Bool) -> Typing.Announcement {
        .init(place: place, isTyping: isTyping)
    }

    @Test func `typing is announced when it begins, and then once a second while it goes on`() throws {
        var typing = Typing()
        let here = place(1)
        #expect(try typing.set(true, at: here, now: 0) == said(here, true))
        #expect(try typing.set(true, at: here, now: Uptime.second(1) - .nanoseconds(1)) == nil)
        #expect(try typing.set(true, at: here, now: .second(1)) == said(here, true))
        #expect(try typing.set(true, at: here, now: Uptime.second(1) + .nanoseconds(1)) == nil)
        #expect(try typing.set(true, at: here, now: .second(3)) == said(here, true))
    }

    @Test func `it ends 5 seconds after it was last said, once`() throws {
        var typing = Typing()
        let here = place(1)
        _ = try typing.set(true, at: here, now: 0)
        _ = try typing.set(true, at: here, now: .second(4))
        #expect(typing.expire(at: Uptime.second(9) - .nanoseconds(1)) == [])
        #expect(typing.expire(at: .second(9)) == [said(here, false)])
        #expect(typing.expire(at: .second(100)) == [])
        #expect(typing.isEmpty && typing.nextDeadline == nil)
        #expect(try typing.set(true, at: here, now: .second(101)) == said(here, true))
    }

    @Test func `it ends when the user says so, once, and what never began does not end`() throws {
        var typing = Typing()
        let here = place(1)
        #expect(try typing.set(false, at: here, now: 0) == nil)
        _ = try typing.set(true, at: here, now: 0)
        #expect(try typing.set(false, at: place(2), now: 1) == nil)
        #expect(try typing.set(false, at: place(1, "bob"), now: 1) == nil)
        #expect(try typing.set(false, at: here, now: 1) == said(here, false))
        #expect(try typing.set(false, at: here, now: 2) == nil)
        #expect(typing.expire(at: .second(100)) == [])
        #expect(typing.isEmpty)
    }

    @Test func `whoever leaves a board types there no longer, and elsewhere goes on`() throws {
        var typing = Typing()
        let plan = BoardID("plan")!
        for place in [place(1), place(2), place(3, on: plan), place(1, "bob")] {
            _ = try typing.set(true, at: place, now: 0)
        }
        let ended = typing.end(UserID("ann")!) { $0 == .main }
        #expect(Set(ended) == [said(place(1), false), said(place(2), false)])
        #expect(typing.end(UserID("ann")!) { $0 == .main } == [])
        #expect(
            Set(typing.expire(at: .second(5))) == [said(place(3, on: plan), false), said(place(1, "bob"), false)])
    }

    @Test func `a tenant has a thousand places, and who is there can go on`() throws {
        var typing = Typing()
        for number in 0..<1000 { _ = try typing.set(true, at: place(number, "user-\(number)"), now: 0) }
        #expect(throws: RoomError.full(limit: 1000)) { try typing.set(true, at: place(1, "one more"), now: 1) }
        #expect(try typing.set(true, at: place(7, "user-7"), now: .second(1)) == said(place(7, "user-7"), true))
        _ = try typing.set(false, at: place(8, "user-8"), now: .second(1))
        #expect(try typing.set(true, at: place(1, "one more"), now: .second(1)) != nil)
        #expect(typing.expire(at: .second(5)).count == 998)
        #expect(typing.expire(at: .second(6)).count == 2)
        #expect(typing.isEmpty)
    }

    @Test func `one user has a hundred of them`() throws {
        var typing = Typing()
        for number in 0..<100 { _ = try typing.set(true, at: place(number), now: 0) }
        #expect(throws: RoomError.full(limit: 100)) { try typing.set(true, at: place(100), now: 1) }
        #expect(try typing.set(true, at: place(100, "bob"), now: 1) != nil)
        _ = typing.expire(at: .second(5))
        #expect(try typing.set(true, at: place(100), now: .second(5)) != nil)
    }
}
