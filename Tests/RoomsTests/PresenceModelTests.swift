import Events
import TestSupport
import Testing

@testable import Rooms

/// Random histories, held against a model that remembers every connection there ever was.
@Suite struct PresenceModelTests {
    private struct Connection {
        let user: UserID
        var boards: Selection.Boards
    }

    /// Who has been shown a board when: a stay that has not ended, or when it did.
    private struct Model {
        var connections: [Connection] = []
        /// When connections went, or were given other boards.
        var past: [(connection: Connection, end: Uptime)] = []
        var known: Set<BoardID> = []

        func users(on board: BoardID, at now: Uptime) -> Set<UserID> {
            let shared = known.sorted().prefix(100)
            let recent = past.filter { now < $0.end + .seconds(5) }.map(\.connection)
            return Set(
                (connections + recent).filter {
                    switch $0.boards {
                    case .all: shared.contains(board)
                    case .only(let names): names.contains(board)
                    }
                }.map(\.user))
        }
    }

    /// What one who has heard everything believes.
    private struct Listener {
        var lists: [BoardID: Set<UserID>] = [:]
        /// Lists that were given anew.
        var renewals = 0

        mutating func hear(_ announcement: Presence.Announcement, roster: Roster) {
            switch announcement {
            case .joined(let board, let user):
                #expect(lists[board, default: []].insert(user).inserted, "joined twice")
                #expect(!roster.isCrowded)
            case .left(let board, let user):
                #expect(lists[board, default: []].remove(user) != nil, "left without having joined")
                #expect(!roster.isCrowded)
            case .state(let board):
                lists[board] = Set(roster.users)
                renewals += 1
            }
        }
    }

    /// - Returns: how often a list was given anew.
    @discardableResult
    private func play(
        seed: UInt64, steps: Int, users: Int, boards: Int, atOnce: Int, checkEvery: Int = 1
    ) throws -> Int {
        var random = SplitMix(seed: seed)
        let people = (0..<users).map { UserID("u\($0)")! }
        let all = (0..<boards).map { BoardID("b\($0)")! }
        var presence = Presence()
        var model = Model()
        var listener = Listener()
        var now: Uptime = 0

        func hear(_ announcements: [Presence.Announcement]) {
            for announcement in announcements {
                listener.hear(announcement, roster: presence.roster(of: announcement.board))
            }
        }
        func selection() -> Selection.Boards {
            if Int.random(in: 0..<3, using: &random) == 0 { return .all }
            let count = Int.random(in: 0...3, using: &random)
            return .only(Set((0..<count).map { _ in all.randomElement(using: &random)! }))
        }

        for step in 0..<steps {
            now = now + .nanoseconds(Int.random(in: 0...1_000_000_000, using: &random))
            let isComing = model.connections.count < Int.random(in: 0...atOnce, using: &random)
            // What has expired is announced before anything else happens, so that the model knows when.
            hear(presence.expire(at: now))
            model.past.removeAll { now >= $0.end + .seconds(5) }
            switch Int.random(in: 0..<100, using: &random) {
            case 0:
                model.known = Set(all.filter { _ in Bool.random(using: &random) || step == 0 })
                for board in all where !model.known.contains(board) { listener.lists[board] = nil }
                hear(presence.know(model.known))
            case 1..<15 where !model.connections.isEmpty:
                let index = model.connections.indices.randomElement(using: &random)!
                let old = model.connections[index]
                model.connections[index].boards = selection()
                model.past.append((old, now))
                hear(presence.change(old.user, from: old.boards, to: model.connections[index].boards, at: now))
            case 15... where isComing:
                let connection = Connection(user: people.randomElement(using: &random)!, boards: selection())
                model.connections.append(connection)
                hear(presence.arrive(connection.user, at: connection.boards))
            case 15... where !model.connections.isEmpty:
                let index = model.connections.indices.randomElement(using: &random)!
                let gone = model.connections.remove(at: index)
                model.past.append((gone, now))
                presence.leave(gone.user, from: gone.boards, at: now)
            default: break
            }
            guard step % checkEvery == 0 else { continue }
            for board in all {
                let truth = model.known.contains(board) ? model.users(on: board, at: now) : []
                let roster = presence.roster(of: board)
                try #require(roster.count == truth.count, "step \(step)")
                try #require(roster.users == Array(truth.sorted().prefix(250)), "step \(step)")
                if !roster.isCrowded {
                    try #require(listener.lists[board, default: []] == truth, "step \(step)")
                }
            }
        }
        for connection in model.connections { presence.leave(connection.user, from: connection.boards, at: now) }
        hear(presence.expire(at: now + .seconds(5)))
        #expect(listener.lists.values.allSatisfy { $0.isEmpty })
        #expect(presence.isEmpty && presence.nextDeadline == nil)
        return listener.renewals
    }

    @Test(arguments: 1...20)
    func `lists, joins and departures always add up to who is there`(seed: UInt64) throws {
        try play(seed: seed, steps: 500, users: 6, boards: 4, atOnce: 10)
    }

    @Test(arguments: 1...2)
    func `they add up around the number that a board names`(seed: UInt64) throws {
        let renewals = try play(
            seed: seed, steps: 8000, users: 400, boards: 2, atOnce: 1136, checkEvery: 40)
        #expect(renewals > 60)
    }

    @Test func `they add up with more boards than are shared`() throws {
        try play(seed: 1, steps: 600, users: 8, boards: 230, atOnce: 20, checkEvery: 20)
    }
}
