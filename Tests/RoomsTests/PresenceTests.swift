import Events
import TestSupport
import Testing

@testable import Rooms

@Suite struct PresenceTests {
    private static let (a, b) = (BoardID("a")!, BoardID("b")!)
    private static let (ann, bob) = (UserID("ann")!, UserID("bob")!)

    /// Of a tenant with the boards `a` and `b`, unless told otherwise.
    private func presence(_ boards: Set<BoardID> = [a, b]) -> Presence {
        var presence = Presence()
        _ = presence.know(boards)
        return presence
    }

    private func user(_ number: Int) -> UserID { UserID("user-\(number + 10_000)")! }

    @Test func `the first connection of a user is told, the others are not`() {
        var presence = presence()
        #expect(presence.arrive(Self.ann, at: .only([Self.a])) == [.joined(Self.a, Self.ann)])
        #expect(presence.arrive(Self.ann, at: .only([Self.a])) == [])
        #expect(presence.arrive(Self.ann, at: .only([Self.a, Self.b])) == [.joined(Self.b, Self.ann)])
        #expect(presence.arrive(Self.bob, at: .only([Self.a])) == [.joined(Self.a, Self.bob)])
        #expect(presence.roster(of: Self.a) == Roster(of: [Self.ann, Self.bob]))
        #expect(presence.roster(of: Self.b).users == [Self.ann])
    }

    @Test func `a user is gone 5 seconds after the last connection, and not before`() {
        var presence = presence()
        _ = presence.arrive(Self.ann, at: .only([Self.a]))
        _ = presence.arrive(Self.ann, at: .only([Self.a]))
        presence.leave(Self.ann, from: .only([Self.a]), at: 0)
        #expect(presence.nextDeadline == nil)
        #expect(presence.expire(at: .second(100)) == [])
        presence.leave(Self.ann, from: .only([Self.a]), at: .second(100))
        #expect(presence.nextDeadline == .second(105))
        #expect(presence.expire(at: Uptime.second(105) - .nanoseconds(1)) == [])
        #expect(presence.roster(of: Self.a).users == [Self.ann])
        #expect(presence.expire(at: .second(105)) == [.left(Self.a, Self.ann)])
        #expect(presence.roster(of: Self.a).users == [])
        #expect(presence.isEmpty && presence.nextDeadline == nil)
    }

    @Test func `a reconnect within 5 seconds is told to nobody`() {
        var presence = presence()
        _ = presence.arrive(Self.ann, at: .only([Self.a]))
        for round in 0..<10 {
            let time = Uptime.second(round * 6)
            presence.leave(Self.ann, from: .only([Self.a]), at: time)
            #expect(presence.expire(at: time + .seconds(5) - .nanoseconds(1)) == [])
            #expect(presence.arrive(Self.ann, at: .only([Self.a])) == [])
            #expect(presence.expire(at: time + .seconds(5)) == [])
        }
        presence.leave(Self.ann, from: .only([Self.a]), at: .second(100))
        #expect(presence.expire(at: .second(105)) == [.left(Self.a, Self.ann)])
        #expect(presence.arrive(Self.ann, at: .only([Self.a])) == [.joined(Self.a, Self.ann)])
    }

    @Test func `whoever has every board is in each of them, once`() {
        var presence = presence()
        _ = presence.arrive(Self.ann, at: .only([Self.a]))
        #expect(presence.arrive(Self.ann, at: .all) == [.joined(Self.b, Self.ann)])
        presence.leave(Self.ann, from: .only([Self.a]), at: 0)
        #expect(presence.expire(at: .second(5)) == [])
        #expect(presence.arrive(Self.ann, at: .only([Self.b])) == [])
        presence.leave(Self.ann, from: .all, at: .second(5))
        #expect(presence.expire(at: .second(10)) == [.left(Self.a, Self.ann)])
        presence.leave(Self.ann, from: .only([Self.b]), at: .second(10))
        #expect(presence.expire(at: .second(15)) == [.left(Self.b, Self.ann)])
        #expect(presence.isEmpty)
    }

    @Test func `two reasons that end at the same time make one departure`() {
        var presence = presence()
        _ = presence.arrive(Self.ann, at: .all)
        _ = presence.arrive(Self.ann, at: .only([Self.a]))
        presence.leave(Self.ann, from: .all, at: 0)
        presence.leave(Self.ann, from: .only([Self.a]), at: 0)
        #expect(
            Set(presence.expire(at: .second(5))) == [.left(Self.a, Self.ann), .left(Self.b, Self.ann)])
    }

    @Test func `a change of boards keeps what is in both, and the rest for 5 seconds`() {
        let c = BoardID("c")!
        var presence = presence([Self.a, Self.b, c])
        _ = presence.arrive(Self.ann, at: .only([Self.a, Self.b]))
        #expect(
            presence.change(Self.ann, from: .only([Self.a, Self.b]), to: .only([Self.b, c]), at: 0)
                == [.joined(c, Self.ann)])
        #expect(presence.isConnected(Self.ann, to: Self.b) && !presence.isConnected(Self.ann, to: Self.a))
        #expect(presence.expire(at: .second(5)) == [.left(Self.a, Self.ann)])
        #expect(presence.change(Self.ann, from: .only([Self.b, c]), to: .only([Self.b, c]), at: 0) == [])
        #expect(presence.nextDeadline == nil)
    }

    @Test func `a connection that was never counted in is not counted out`() {
        var presence = presence()
        presence.leave(Self.ann, from: .only([Self.a]), at: 0)
        presence.leave(Self.ann, from: .all, at: 0)
        #expect(presence.isEmpty && presence.nextDeadline == nil)
        _ = presence.arrive(Self.ann, at: .only([Self.a]))
        presence.leave(Self.ann, from: .only([Self.a]), at: 0)
        presence.leave(Self.ann, from: .only([Self.a]), at: .second(1))
        #expect(presence.expire(at: .second(5)) == [.left(Self.a, Self.ann)])
    }

    @Test func `a board that the tenant has not tells of nobody until it is there`() {
        var presence = presence([Self.a])
        #expect(presence.arrive(Self.ann, at: .only([Self.b])) == [])
        #expect(presence.roster(of: Self.b).count == 0)
        #expect(presence.know([Self.a, Self.b]) == [.state(Self.b)])
        #expect(presence.roster(of: Self.b).users == [Self.ann])
        #expect(presence.know([Self.a, Self.b]) == [])
        #expect(presence.know([Self.a]) == [])
        presence.leave(Self.ann, from: .only([Self.b]), at: 0)
        #expect(presence.expire(at: .second(5)) == [])
        #expect(presence.isEmpty)
    }

    @Test func `a board that is made has those who have every board`() {
        var presence = presence([Self.a])
        _ = presence.arrive(Self.ann, at: .all)
        #expect(presence.know([Self.a, Self.b]) == [.state(Self.b)])
        #expect(presence.roster(of: Self.b).users == [Self.ann])
    }

    @Test func `a board tells 250 users by name, then the first of them and how many there are`() {
        var presence = presence([Self.a])
        for number in 0..<250 {
            #expect(presence.arrive(user(number), at: number % 2 == 0 ? .all : .only([Self.a])).count == 1)
        }
        #expect(presence.arrive(user(250), at: .all) == [.state(Self.a)])
        #expect(presence.arrive(user(251), at: .only([Self.a])) == [])
        let roster = presence.roster(of: Self.a)
        #expect(roster.count == 252 && roster.isCrowded)
        #expect(roster.users == (0..<250).map(user))
    }

    @Test func `a list is given anew when all can be named again`() {
        var presence = presence([Self.a])
        for number in 0..<260 { _ = presence.arrive(user(number), at: .only([Self.a])) }
        for number in 0..<10 {
            presence.leave(user(number), from: .only([Self.a]), at: Uptime(nanoseconds: Int64(number)))
        }
        #expect(presence.expire(at: Uptime.second(5) + .nanoseconds(8)) == [])
        #expect(presence.expire(at: Uptime.second(5) + .nanoseconds(9)) == [.state(Self.a)])
        #expect(presence.roster(of: Self.a).users == (10..<260).map(user))
        presence.leave(user(10), from: .only([Self.a]), at: .second(6))
        #expect(presence.expire(at: .second(11)) == [.left(Self.a, user(10))])
        #expect(presence.arrive(user(0), at: .only([Self.a])) == [.joined(Self.a, user(0))])
    }

    @Test func `ten thousand users in one board cost as many announcements as it names, and leave nothing behind`() {
        var presence = presence()
        var announcements = 0
        for number in 0..<10_000 { announcements += presence.arrive(user(number), at: .all).count }
        #expect(announcements == 2 * 251)
        #expect(presence.roster(of: Self.b).count == 10_000)
        #expect(presence.roster(of: Self.b).users == (0..<250).map(user))
        for number in 0..<10_000 { presence.leave(user(number), from: .all, at: 0) }
        #expect(Set(presence.expire(at: .second(5))) == [.state(Self.a), .state(Self.b)])
        #expect(presence.isEmpty)
    }

    @Test func `whoever has every board is told in the first hundred by id`() {
        let boards = (100..<250).map { BoardID("b\($0)")! }
        var presence = presence(Set(boards))
        #expect(Set(presence.arrive(Self.ann, at: .all)) == Set(boards.prefix(100).map { .joined($0, Self.ann) }))
        #expect(presence.listed(of: .all) == Array(boards.prefix(100)))
        #expect(presence.roster(of: boards[99]).users == [Self.ann])
        #expect(presence.roster(of: boards[100]).users == [])
        #expect(presence.arrive(Self.ann, at: .only([boards[100]])) == [.joined(boards[100], Self.ann)])
        // One of the first hundred goes, and the next is one of them.
        #expect(presence.know(Set(boards.dropFirst())) == [.state(boards[100])])
        #expect(presence.roster(of: boards[100]).users == [Self.ann])
        #expect(Set(presence.know(Set(boards))) == [.state(boards[0]), .state(boards[100])])
    }

    @Test func `of a selection that names more than a hundred boards the first count, also when it goes`() {
        let boards = (100..<300).map { BoardID("b\($0)")! }
        var presence = presence(Set(boards))
        #expect(presence.arrive(Self.ann, at: .only(Set(boards))).count == 100)
        #expect(presence.listed(of: .only(Set(boards))) == Array(boards.prefix(100)))
        #expect(presence.roster(of: boards[100]).users == [])
        presence.leave(Self.ann, from: .only(Set(boards)), at: 0)
        #expect(presence.expire(at: .second(5)).count == 100)
        #expect(presence.isEmpty)
    }

    @Test func `a selection tells of those of its boards that there are`() {
        let presence = presence()
        #expect(presence.listed(of: .only([Self.b, BoardID("nothing")!, Self.a])) == [Self.a, Self.b])
        #expect(presence.listed(of: .only([])) == [])
        #expect(presence.listed(of: .all) == [Self.a, Self.b])
    }

    @Test func `users are named in the order of their bytes, and two whom Swift takes for one are two`() {
        var presence = presence()
        let users = ["K", "a", "a\u{30A}", "z", "\u{E5}", "\u{212A}", "\u{1F600}"].map { UserID($0)! }
        for user in users.reversed() {
            #expect(presence.arrive(user, at: .only([Self.a])) == [.joined(Self.a, user)])
        }
        #expect(presence.roster(of: Self.a).users == users)
    }
}
