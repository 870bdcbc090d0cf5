import Events
import NIOCore
import NIOEmbedded
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Rooms

/// A hub on a loop whose time the tests move, the boards of its tenants, and all that it announces.
final class PresenceWorld: Sendable {
    static let acme = TenantID("acme")!

    private final class Facts: Sendable {
        let boards: Mutex<[TenantID: Set<BoardID>]>
        let wallClock = Mutex(Timestamp(milliseconds: 0))
        let announced = Mutex<[(frame: EventFrame, tenant: TenantID)]>([])

        init(_ boards: Set<BoardID>) { self.boards = Mutex([PresenceWorld.acme: boards]) }
    }

    let loop = NIOAsyncTestingEventLoop()
    let hub: PresenceHub
    private let facts: Facts

    init(boards: Set<BoardID> = [.main]) {
        let facts = Facts(boards)
        self.facts = facts
        hub = PresenceHub(
            on: loop, wallClock: { facts.wallClock.withLock { $0 } },
            boards: { tenant in facts.boards.withLock { $0[tenant] } },
            announce: { frame, tenant in facts.announced.withLock { $0.append((frame, tenant)) } })
    }

    /// Nil: the tenant's boards are not in memory.
    func set(boards: Set<BoardID>?, of tenant: TenantID = acme) { facts.boards.withLock { $0[tenant] = boards } }

    func pass(milliseconds: Int) async {
        facts.wallClock.withLock { $0 = $0 + milliseconds }
        await loop.advanceTime(by: .milliseconds(Int64(milliseconds)))
    }

    /// What was announced in `tenant` since this was last asked.
    func takeFrames(of tenant: TenantID = acme) -> [EventFrame] {
        facts.announced.withLock { all in
            defer { all.removeAll { $0.tenant == tenant } }
            return all.filter { $0.tenant == tenant }.map(\.frame)
        }
    }

    /// The same in short: `joined main ann`, `left main ann`, `state main ann,bob`, `typing main 7 ann true`.
    func take(of tenant: TenantID = acme) throws -> [String] {
        try takeFrames(of: tenant).map { try Self.told($0.bytes) }
    }

    /// An event's bytes, as ``take(of:)`` has it.
    static func told(_ bytes: ByteBuffer) throws -> String {
        let event = try object(bytes)
        let board = event["boardId"]?.string ?? ""
        switch event["type"]?.string {
        case "presence.joined": return "joined \(board) \(event["userId"]?.string ?? "")"
        case "presence.left": return "left \(board) \(event["userId"]?.string ?? "")"
        case "presence.state":
            let users = event["users"]?.array?.compactMap(\.string) ?? []
            return "state \(board) \(users.joined(separator: ","))"
        case "typing":
            let isTyping = event["typing"]?.bool.map { "\($0)" } ?? ""
            return "typing \(board) \(event["taskId"]?.int ?? 0) \(event["userId"]?.string ?? "") \(isTyping)"
        case let other:
            Issue.record("nobody knows \(other ?? "nothing")")
            return ""
        }
    }

    static func object(_ bytes: ByteBuffer) throws -> JSONObject {
        var reader = StrictStreamReader()
        try reader.read(bytes.readableBytesView)
        let event = try #require(reader.events.first)
        #expect(event.id == nil && reader.events.count == 1)
        return try #require(try JSONParser.parse(event.data.utf8).object)
    }
}
