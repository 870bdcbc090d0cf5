import Events
import NIOCore
import StrictJSON
import Testing

@testable import Rooms

/// What a reader is given to begin with, and again when it has missed something.
@Suite struct PresenceListsTests {
    private static let acme = PresenceWorld.acme
    private static let ann = UserID("ann")!
    private static let plan = BoardID("plan")!

    private func user(_ number: Int) -> UserID { UserID("user-\(number + 10_000)")! }

    @Test func `a reader is given a list of each of its boards, by id`() throws {
        let world = PresenceWorld(boards: [.main, Self.plan, BoardID("a")!])
        world.hub.arrive(Self.ann, at: .only([Self.plan, BoardID("nothing")!]), in: Self.acme)
        func lists(_ boards: Selection.Boards) throws -> [String] {
            try world.hub.lists(of: boards, in: Self.acme).frames.map(\.bytes).map { try PresenceWorld.told($0) }
        }
        #expect(try lists(.all) == ["state a ", "state main ", "state plan ann"])
        #expect(try lists(.only([Self.plan, .main, BoardID("nothing")!])) == ["state main ", "state plan ann"])
        #expect(try lists(.only([])) == [])
        #expect(world.hub.lists(of: .all, in: TenantID("other")!).frames.isEmpty)
    }

    @Test func `events have the list that the protocol names`() async throws {
        let world = PresenceWorld()
        await world.pass(milliseconds: 1_768_473_000_000)
        let quoted = UserID("a\"\n\u{2028}é")!
        world.hub.arrive(quoted, at: .all, in: Self.acme)
        try world.hub.set(typing: true, at: 7, on: .main, by: Self.ann, in: Self.acme)
        let texts = (world.takeFrames().map(\.bytes) + world.hub.lists(of: .all, in: Self.acme).frames.map(\.bytes)).map
        {
            String(buffer: $0).split(separator: "\r\n")[1]
        }
        let (name, time) = (#""a\"\n\u2028é""#, #""timestamp":"2026-01-15T10:30:00.000Z"}"#)
        #expect(
            texts == [
                "data: {\"type\":\"presence.joined\",\"boardId\":\"main\",\"userId\":\(name),\(time)\n\n",
                "data: {\"type\":\"typing\",\"boardId\":\"main\",\"taskId\":7,\"userId\":\"ann\",\"typing\":true,\(time)\n\n",
                "data: {\"type\":\"presence.state\",\"boardId\":\"main\",\"users\":[\(name)],\"count\":1,\(time)\n\n",
            ])
    }

    @Test func `frames are for their board, of their type, and move no cursor`() throws {
        let world = PresenceWorld()
        world.hub.arrive(Self.ann, at: .all, in: Self.acme)
        try world.hub.set(typing: true, at: 7, on: .main, by: Self.ann, in: Self.acme)
        let frames = world.takeFrames()
        #expect(frames.map(\.type) == [.presenceJoined, .typing])
        #expect(frames.allSatisfy { $0.audience == .board(.main) && $0.seq == 0 })
    }

    @Test func `a list is made once, until somebody comes or goes`() async throws {
        let world = PresenceWorld()
        world.hub.arrive(Self.ann, at: .all, in: Self.acme)
        let first = world.hub.lists(of: .all, in: Self.acme).frames.map(\.bytes)
        await world.pass(milliseconds: 60_000)
        #expect(world.hub.lists(of: .only([.main]), in: Self.acme).frames.map(\.bytes) == first)
        world.hub.arrive(Self.ann, at: .all, in: Self.acme)
        #expect(world.hub.lists(of: .all, in: Self.acme).frames.map(\.bytes) == first)
        world.hub.arrive(user(1), at: .all, in: Self.acme)
        let second = world.hub.lists(of: .all, in: Self.acme).frames.map(\.bytes)
        #expect(try second.map { try PresenceWorld.told($0) } == ["state main ann,user-10001"])
    }

    @Test func `the number of a crowded board is a second old at most`() async throws {
        let world = PresenceWorld()
        for number in 0..<251 { world.hub.arrive(user(number), at: .all, in: Self.acme) }
        func count() throws -> Int? {
            let lists = world.hub.lists(of: .all, in: Self.acme).frames.map(\.bytes)
            let list = try PresenceWorld.object(try #require(lists.first))
            #expect(list["users"]?.array?.count == 250)
            return list["count"]?.int
        }
        #expect(try count() == 251)
        for number in 251..<300 { world.hub.arrive(user(number), at: .all, in: Self.acme) }
        await world.pass(milliseconds: 999)
        #expect(try count() == 251)
        await world.pass(milliseconds: 1)
        #expect(try count() == 300)
        #expect(world.takeFrames().map(\.type) == Array(repeating: .presenceJoined, count: 250) + [.presenceState])
    }

    @Test func `a reader is given 64 KiB of lists, and one at least`() throws {
        let boards = (100..<200).map { BoardID("b\($0)")! }
        let world = PresenceWorld(boards: Set(boards))
        for number in 0..<30 {
            world.hub.arrive(UserID("\(number)-" + String(repeating: "x", count: 200))!, at: .all, in: Self.acme)
        }
        let some = world.hub.lists(of: .all, in: Self.acme).frames.map(\.bytes)
        #expect(2..<100 ~= some.count)
        #expect(some.map(\.readableBytes).reduce(0, +) <= 65_536)
        #expect(
            try some.map { try PresenceWorld.object($0)["boardId"]?.string }
                == boards.prefix(some.count).map(\.rawValue))
        for number in 30..<250 {
            // Each byte of these names is six in JSON.
            world.hub.arrive(UserID("\(number)-" + String(repeating: "\u{1}", count: 200))!, at: .all, in: Self.acme)
        }
        let one = world.hub.lists(of: .all, in: Self.acme).frames.map(\.bytes)
        #expect(one.count == 1 && one[0].readableBytes > 65_536)
    }

    @Test func `the version tells whether presence was announced since, and nothing else`() async throws {
        let world = PresenceWorld()
        world.hub.arrive(Self.ann, at: .all, in: Self.acme)
        let version = world.hub.lists(of: .all, in: Self.acme).version
        #expect(world.hub.version(of: Self.acme) == version)
        try world.hub.set(typing: true, at: 7, on: .main, by: Self.ann, in: Self.acme)
        world.hub.arrive(Self.ann, at: .only([.main]), in: Self.acme)
        world.hub.leave(Self.ann, from: .only([.main]), in: Self.acme)
        world.hub.arrive(Self.ann, at: .all, in: TenantID("other")!)
        await world.pass(milliseconds: 6000)
        #expect(world.hub.version(of: Self.acme) == version)
        world.hub.arrive(user(1), at: .all, in: Self.acme)
        #expect(world.hub.version(of: Self.acme) != version)
        #expect(world.hub.lists(of: .all, in: Self.acme).version == world.hub.version(of: Self.acme))
    }

    @Test func `a version never comes back, also when everybody was gone between`() async throws {
        let world = PresenceWorld()
        var seen: Set<Int> = []
        for _ in 0..<5 {
            world.hub.arrive(Self.ann, at: .all, in: Self.acme)
            #expect(seen.insert(world.hub.version(of: Self.acme)).inserted)
            world.hub.leave(Self.ann, from: .all, in: Self.acme)
            await world.pass(milliseconds: 6000)
            #expect(world.hub.tenants == 0)
        }
    }
}
