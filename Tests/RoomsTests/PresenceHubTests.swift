import Events
import NIOCore
import NIOEmbedded
import Testing

@testable import Rooms

@Suite struct PresenceHubTests {
    private static let acme = PresenceWorld.acme
    private static let other = TenantID("other")!
    private static let (ann, bob) = (UserID("ann")!, UserID("bob")!)
    private static let plan = BoardID("plan")!

    @Test func `arrivals are told at once, and departures when 5 seconds have passed`() async throws {
        let world = PresenceWorld()
        world.hub.arrive(Self.ann, at: .only([.main]), in: Self.acme)
        world.hub.arrive(Self.bob, at: .all, in: Self.acme)
        #expect(try world.take() == ["joined main ann", "joined main bob"])
        world.hub.leave(Self.ann, from: .only([.main]), in: Self.acme)
        await world.pass(milliseconds: 4999)
        #expect(try world.take() == [])
        await world.pass(milliseconds: 501)
        #expect(try world.take() == ["left main ann"])
        #expect(world.hub.roster(of: .main, in: Self.acme).users == [Self.bob])
        await world.pass(milliseconds: 60_000)
        #expect(try world.take() == [])
    }

    @Test func `a reconnect makes no noise, however often`() async throws {
        let world = PresenceWorld()
        world.hub.arrive(Self.ann, at: .all, in: Self.acme)
        _ = world.takeFrames()
        for _ in 0..<5 {
            world.hub.leave(Self.ann, from: .all, in: Self.acme)
            await world.pass(milliseconds: 4500)
            world.hub.arrive(Self.ann, at: .all, in: Self.acme)
            await world.pass(milliseconds: 4500)
        }
        #expect(try world.take() == [])
        world.hub.change(Self.ann, from: .all, to: .only([.main]), in: Self.acme)
        await world.pass(milliseconds: 6000)
        #expect(try world.take() == [])
    }

    @Test func `tenants do not hear of each other, and one that is empty leaves nothing behind`() async throws {
        let world = PresenceWorld()
        world.set(boards: [.main], of: Self.other)
        world.hub.arrive(Self.ann, at: .all, in: Self.acme)
        world.hub.arrive(Self.bob, at: .all, in: Self.other)
        #expect(try world.take() == ["joined main ann"])
        #expect(try world.take(of: Self.other) == ["joined main bob"])
        #expect(world.hub.roster(of: .main, in: Self.acme).users == [Self.ann])
        try world.hub.set(typing: true, at: 7, on: .main, by: Self.ann, in: Self.other)
        #expect(try world.take() == [])
        world.hub.leave(Self.ann, from: .all, in: Self.other)
        world.hub.leave(Self.ann, from: .all, in: Self.acme)
        world.hub.leave(Self.bob, from: .all, in: Self.other)
        await world.pass(milliseconds: 6000)
        #expect(world.hub.tenants == 0)
    }

    @Test func `a board that is made or deleted is taken note of, and boards that are not in memory are as they were`()
        throws
    {
        let world = PresenceWorld()
        world.hub.arrive(Self.ann, at: .all, in: Self.acme)
        _ = world.takeFrames()
        world.set(boards: [.main, Self.plan])
        world.hub.boardsChanged(in: Self.acme)
        #expect(try world.take() == ["state plan ann"])
        world.set(boards: nil)
        world.hub.boardsChanged(in: Self.acme)
        #expect(world.hub.roster(of: Self.plan, in: Self.acme).users == [Self.ann])
        world.set(boards: [.main])
        #expect(world.hub.roster(of: Self.plan, in: Self.acme).users == [])
        #expect(try world.take() == [])
    }

    @Test func `nobody who left while a board was gone is in it when it is made anew`() async throws {
        let world = PresenceWorld(boards: [.main, Self.plan])
        world.hub.arrive(Self.ann, at: .only([Self.plan]), in: Self.acme)
        world.hub.arrive(Self.bob, at: .only([.main]), in: Self.acme)
        #expect(world.hub.roster(of: Self.plan, in: Self.acme).users == [Self.ann])
        world.set(boards: [.main])
        world.hub.leave(Self.ann, from: .only([Self.plan]), in: Self.acme)
        await world.pass(milliseconds: 6000)
        world.set(boards: [.main, Self.plan])
        #expect(world.hub.roster(of: Self.plan, in: Self.acme).users == [])
    }

    // MARK: Typing

    @Test func `typing needs no connection, and ends by itself`() async throws {
        let world = PresenceWorld()
        try world.hub.set(typing: true, at: 7, on: .main, by: Self.ann, in: Self.acme)
        #expect(try world.take() == ["typing main 7 ann true"])
        await world.pass(milliseconds: 4000)
        try world.hub.set(typing: true, at: 7, on: .main, by: Self.ann, in: Self.acme)
        #expect(try world.take() == ["typing main 7 ann true"])
        await world.pass(milliseconds: 4999)
        #expect(try world.take() == [])
        await world.pass(milliseconds: 501)
        #expect(try world.take() == ["typing main 7 ann false"])
        #expect(world.hub.tenants == 0)
    }

    @Test func `typing ends with the last connection that shows the board`() throws {
        let world = PresenceWorld(boards: [.main, Self.plan])
        for boards in [Selection.Boards.only([.main]), .all, .only([Self.plan])] {
            world.hub.arrive(Self.ann, at: boards, in: Self.acme)
        }
        try world.hub.set(typing: true, at: 7, on: .main, by: Self.ann, in: Self.acme)
        try world.hub.set(typing: true, at: 8, on: Self.plan, by: Self.ann, in: Self.acme)
        _ = world.takeFrames()
        world.hub.leave(Self.ann, from: .only([.main]), in: Self.acme)
        #expect(try world.take() == [])
        world.hub.change(Self.ann, from: .all, to: .only([Self.plan]), in: Self.acme)
        #expect(try world.take() == ["typing main 7 ann false"])
    }

    @Test func `typing beyond what a user may is refused, and the rest goes on`() throws {
        let world = PresenceWorld()
        for task in 1...100 { try world.hub.set(typing: true, at: task, on: .main, by: Self.ann, in: Self.acme) }
        #expect(throws: RoomError.full(limit: 100)) {
            try world.hub.set(typing: true, at: 101, on: .main, by: Self.ann, in: Self.acme)
        }
        #expect(try world.take().count == 100)
        try world.hub.set(typing: false, at: 1, on: .main, by: Self.ann, in: Self.acme)
        #expect(try world.take() == ["typing main 1 ann false"])
    }

    // MARK: Order

    @Test func `what is announced adds up, whoever calls from which thread`() async throws {
        let world = PresenceWorld(boards: [.main, Self.plan])
        await withTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    let user = UserID("user-\(number % 4)")!
                    for round in 0..<200 {
                        let one: BoardID = round % 2 == 0 ? .main : Self.plan
                        let boards: Selection.Boards = round % 3 == 0 ? .all : .only([one])
                        world.hub.arrive(user, at: boards, in: Self.acme)
                        world.hub.leave(user, from: boards, in: Self.acme)
                        if round % 20 == 19 { await world.loop.advanceTime(by: .seconds(1)) }
                    }
                }
            }
        }
        let before = world.hub.roster(of: .main, in: Self.acme).users
        var there: Set<String> = []
        for line in try world.take() {
            let words = line.split(separator: " ")
            guard words[1] == "main" else { continue }
            if words[0] == "joined" {
                #expect(there.insert(String(words[2])).inserted)
            } else {
                #expect(there.remove(String(words[2])) != nil)
            }
        }
        #expect(there.sorted() == before.map(\.rawValue))
    }

    @Test func `those who are connected hear it from the relay, without id`() async throws {
        let hub = TestHub()
        let presence = PresenceHub(for: hub.relay, on: hub.loop)
        let reader = try await hub.joinLive(Selection(boards: .only([.main])))
        presence.arrive(Self.ann, at: .all, in: TestLog.tenant)
        try presence.set(typing: true, at: 7, on: .main, by: Self.ann, in: TestLog.tenant)
        try await hub.settle { ((try? reader.stream.events.count) ?? 0) >= 3 }
        // Typing ends by itself after 5 s, which may have passed.
        let types = try await hub.read { try Array(reader.types.prefix(3)) }
        #expect(types == ["connection.established", "presence.joined", "typing"])
        #expect(try await hub.read { try reader.stream.events.dropFirst().allSatisfy { $0.id == nil } })
    }
}
