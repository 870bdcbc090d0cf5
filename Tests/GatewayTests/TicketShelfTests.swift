import Events
import TestSupport
import Testing
import Tokens

@testable import Gateway

@Suite struct TicketShelfTests {
    private let now = TestGateway.now

    private func ticket(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "A", count: 43 - digits.utf8.count) + digits
    }

    private func principal(_ user: String, _ tenant: String = "acme") -> Principal {
        Principal(
            tenant: TenantID(tenant)!, user: UserID(user)!, boards: .only([BoardID("plan")!]), tokenID: "t")
    }

    @Test func `a ticket is good once, for the principal that it was made for`() throws {
        let shelf = Shelf()
        #expect(shelf.put(ticket(1), principal("ann"), at: now))
        let found = try #require(shelf.take(ticket(1), at: now + 29_999))
        #expect(found.tokenID == "t" && found.boards == .only([BoardID("plan")!]))
        #expect(shelf.take(ticket(1), at: now) == nil)
        #expect(shelf.count == 0)
    }

    @Test func `a ticket is good for 30 seconds`() {
        let shelf = Shelf()
        #expect(shelf.put(ticket(1), principal("ann"), at: now))
        #expect(shelf.take(ticket(1), at: now + 30_000) == nil)
        // Whoever was too late once is not in time later.
        #expect(shelf.take(ticket(1), at: now) == nil)
    }

    @Test(arguments: ["", "A", String(repeating: "A", count: 44), String(repeating: "é", count: 43)])
    func `what is no ticket opens nothing`(text: String) {
        let shelf = Shelf()
        #expect(shelf.put(ticket(1), principal("ann"), at: now))
        #expect(shelf.take(text, at: now) == nil)
        #expect(shelf.count == 1)
    }

    @Test func `beyond 32 a user's own oldest goes, and nobody else's`() {
        let shelf = Shelf()
        for (index, user) in [("bob", "acme"), ("ann", "other"), ("K", "acme")].enumerated() {
            #expect(shelf.put(ticket(1000 + index), principal(user.0, user.1), at: now))
        }
        for number in 0..<34 { #expect(shelf.put(ticket(number), principal("ann"), at: now)) }
        #expect(shelf.count == 35)
        for number in [0, 1] { #expect(shelf.take(ticket(number), at: now) == nil) }
        for number in [2, 33, 1000, 1001, 1002] { #expect(shelf.take(ticket(number), at: now) != nil) }
    }

    @Test func `when all places are taken there is none, until tickets are used or too old`() {
        let shelf = Shelf(limit: 3)
        for number in 0..<3 { #expect(shelf.put(ticket(number), principal("u\(number)"), at: now + number)) }
        #expect(!shelf.put(ticket(9), principal("ann"), at: now + 3))
        #expect(shelf.take(ticket(1), at: now + 3) != nil)
        #expect(shelf.put(ticket(3), principal("ann"), at: now + 3))
        #expect(!shelf.put(ticket(9), principal("bob"), at: now + 29_999))
        #expect(shelf.put(ticket(4), principal("bob"), at: now + 30_000))
        #expect(!shelf.put(ticket(9), principal("bob"), at: now + 30_001))
        #expect(shelf.put(ticket(5), principal("bob"), at: now + 30_002))
        #expect(shelf.count == 3)
    }

    @Test func `what was used and let go of leaves nothing behind`() {
        let shelf = Shelf()
        for number in 0..<5000 {
            #expect(shelf.put(ticket(number), principal("u\(number % 7)"), at: now))
            if number % 2 == 0 { #expect(shelf.take(ticket(number), at: now) != nil) }
        }
        #expect(shelf.count <= 7 * 32)
        #expect(shelf.places <= 2 * shelf.count + 65)
        #expect(shelf.put(ticket(9999), principal("ann"), at: now + 30_000))
        #expect(shelf.count == 1)
    }
}

/// A shelf that expectations can change.
private final class Shelf {
    private var shelf: TicketShelf

    init(limit: Int = 100_000) { shelf = TicketShelf(limit: limit) }

    var count: Int { shelf.count }
    var places: Int { shelf.places }
    func take(_ ticket: String, at now: Timestamp) -> Principal? { shelf.take(ticket, at: now) }

    func put(_ ticket: String, _ principal: Principal, at now: Timestamp) -> Bool {
        shelf.put(ticket, principal, at: now)
    }
}
