import Boards
import Events
import Rooms

/// What this node has and the others have not been told, and the numbers of what they have been.
///
/// A value. A change stays until it was certainly told, and only the newest of each holding counts.
struct OwnHoldings {
    /// The most changes that one beat tells; the rest is told by the next.
    static let mostTold = 2000

    private var waiting: [Holding: Int] = [:]
    private var told: [TenantID: Int] = [:]
    private var number = 0
    private var isVoid = false
    /// The number that was the newest a while ago, and when that was.
    private var aged: (number: Int, at: Uptime)?
    private var pruned = 0
    /// For so long the others are expected to have read what is gone.
    private static let keptGone = Duration.seconds(30)

    /// Notes who came and went, and the tenants' connections now.
    mutating func note(_ changes: [(stay: PresenceLedger.Stay, isHere: Bool)], connections: [TenantID: Int]) {
        for (stay, isHere) in changes {
            waiting[Holding(.stay(stay.user, stay.board), of: stay.tenant)] = isHere ? 1 : 0
        }
        for (tenant, count) in connections where told[tenant] != count {
            waiting[Holding(.connections, of: tenant)] = count
            told[tenant] = count
        }
        for tenant in told.keys where connections[tenant] == nil {
            waiting[Holding(.connections, of: tenant)] = 0
            told[tenant] = nil
        }
    }

    /// How many more changes of presence may be taken.
    var room: Int { max(0, Self.mostTold - waiting.count) }

    /// What a beat tells, under new numbers; ``settle(_:)`` says that it has.
    mutating func tell(in beat: inout NodeBeat, at now: Uptime) {
        if isVoid {
            number += 1
            beat.base = number
        }
        for (holding, count) in waiting.prefix(Self.mostTold) {
            number += 1
            beat.changes.append(HoldingChange(holding, count: count, number: number))
        }
        guard let old = aged else { return aged = (number, now) }
        guard now - old.at >= Self.keptGone else { return }
        if old.number > pruned, beat.base == nil {
            beat.pruned = old.number
            pruned = old.number
        }
        aged = (number, now)
    }

    mutating func settle(_ beat: NodeBeat) {
        if beat.base != nil { isVoid = false }
        for change in beat.changes where waiting[change.holding] == change.count { waiting[change.holding] = nil }
    }

    /// The database has lost what was told: all of it is told again, from a new base.
    mutating func tellAll() {
        (waiting, told, isVoid, aged) = ([:], [:], true, nil)
    }

    /// The node has a new name, under which nothing was told.
    mutating func begin() { self = OwnHoldings() }
}
