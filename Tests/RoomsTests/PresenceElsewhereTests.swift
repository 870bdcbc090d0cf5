import Events
import TestSupport
import Testing

@testable import Rooms

@Suite struct PresenceElsewhereTests {
    private static let ann = UserID("ann")!
    private static let tenant = TenantID("acme")!

    @Test func `a user whose node is gone leaves at once, unless another has the user`() {
        var presence = Presence()
        _ = presence.know([.main])
        _ = presence.arrive(Self.ann, at: .all)
        _ = presence.arrive(Self.ann, at: .all)
        let stay = Presence.Stay(user: Self.ann, board: nil)
        #expect(presence.end(away: [stay]).isEmpty)
        #expect(presence.end(away: [stay]) == [.left(.main, Self.ann)])
        #expect(presence.end(away: [stay]).isEmpty && presence.isEmpty)
    }

    @Test func `the ledger has the first arrival and the last departure of each user`() {
        var ledger = PresenceLedger()
        ledger.arrive(Self.ann, at: .all, in: Self.tenant)
        ledger.arrive(Self.ann, at: .all, in: Self.tenant)
        #expect(ledger.takeChanges(10).map(\.isHere) == [true])
        ledger.leave(Self.ann, from: .all, in: Self.tenant)
        #expect(ledger.takeChanges(10).isEmpty)
        ledger.leave(Self.ann, from: .all, in: Self.tenant)
        #expect(ledger.takeChanges(10).map(\.isHere) == [false])
    }

    @Test func `a user who came back before anybody was told is there`() {
        var ledger = PresenceLedger()
        ledger.arrive(Self.ann, at: .only([.main]), in: Self.tenant)
        _ = ledger.takeChanges(10)
        ledger.leave(Self.ann, from: .only([.main]), in: Self.tenant)
        ledger.arrive(Self.ann, at: .only([.main]), in: Self.tenant)
        #expect(ledger.takeChanges(10).map(\.isHere) == [true])
        ledger.tellAll()
        #expect(ledger.takeChanges(0).isEmpty && ledger.takeChanges(10).count == 1)
    }
}
