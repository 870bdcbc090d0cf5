import Boards
import Contracts
import Events
import TestSupport
import Testing

@Suite struct RevocationListTests {
    private let acme = TenantID("acme")!
    private let now: Timestamp = 1_768_473_000_000

    private func list(_ targets: (Revocation.Target, at: Timestamp)...) -> RevocationList {
        targets.reduce(into: RevocationList()) { list, next in
            list.insert(
                Revocation(
                    id: 1, target: next.0, reason: nil, createdBy: UserID("root")!,
                    createdAt: next.at),
                in: acme)
        }
    }

    private func revokes(
        _ list: RevocationList, jti: String? = nil, sub: String = "ann", iat: Timestamp? = nil, tenant: String = "acme"
    ) -> Bool {
        list.revokes(tokenID: jti, of: UserID(sub)!, issuedAt: iat, in: TenantID(tenant)!)
    }

    @Test func `an empty list revokes nothing`() {
        #expect(!revokes(RevocationList(), jti: "t", iat: .distantPast))
    }

    @Test func `what was read of a database is added to what is known`() {
        var known = list((.jti("K"), at: now))
        known.formUnion(list((.jti("L"), at: now)))
        #expect(revokes(known, jti: "K") && revokes(known, jti: "L") && !revokes(known, jti: "M"))
        known.formUnion(list((.issuedBefore(now), at: now)))
        #expect(revokes(known, jti: "M", iat: now - .seconds(1)) && !revokes(known, jti: "M", iat: now))
    }

    @Test func `a jti revokes that token alone, whenever it was issued`() {
        let list = list((.jti("K"), at: now))
        #expect(revokes(list, jti: "K") && revokes(list, jti: "K", sub: "bob", iat: .never))
        for other in [nil, "k", "", "K ", "\u{212A}", String(repeating: "K", count: 256), "K\0"] {
            #expect(!revokes(list, jti: other))
        }
        #expect(!revokes(list, jti: "K", tenant: "other"))
    }

    @Test func `a sub revokes what was issued up to then, and what does not say when`() {
        let list = list((.sub("K"), at: now))
        #expect(
            revokes(list, sub: "K") && revokes(list, sub: "K", iat: now) && revokes(list, sub: "K", iat: .distantPast))
        #expect(!revokes(list, sub: "K", iat: now + 1))
        for other in ["k", "\u{212A}", "K "] { #expect(!revokes(list, sub: other)) }
        #expect(!revokes(list, sub: "K", tenant: "Acme"))
    }

    @Test func `issuedBefore revokes what was issued before, and what does not say when`() {
        let list = list((.issuedBefore(now), at: 0))
        #expect(revokes(list) && revokes(list, sub: "bob", iat: now - 1))
        #expect(!revokes(list, iat: now))
        #expect(!revokes(list, tenant: "other"))
    }

    @Test func `what is in force does not depend on the order in which it came`() {
        let targets: [(Revocation.Target, at: Timestamp)] = [
            (.sub("ann"), at: now), (.sub("ann"), at: now - 5), (.jti("t"), at: now), (.jti("t"), at: now - 5),
            (.issuedBefore(now - 1), at: now),
            (.issuedBefore(now - 9), at: now),
        ]
        for list in [
            list(targets[0], targets[1], targets[2], targets[3], targets[4], targets[5]),
            list(targets[5], targets[4], targets[3], targets[2], targets[1], targets[0]),
            list(targets[4], targets[1], targets[0], targets[3], targets[5], targets[2]),
        ] {
            #expect(revokes(list, iat: now) && !revokes(list, iat: now + 1))
            #expect(revokes(list, jti: "t", sub: "bob", iat: .never))
            #expect(revokes(list, sub: "bob", iat: now - 2) && !revokes(list, sub: "bob", iat: now - 1))
        }
    }

    @Test func `what an issuedBefore lets go of was revoked by it as well`() {
        let day = Revocation.certainty
        let list = list(
            (.jti("old"), at: now - day), (.jti("new"), at: now - day + 1), (.sub("old"), at: now - 1),
            (.sub("new"), at: now), (.issuedBefore(now), at: now))
        #expect(revokes(list, jti: "old", iat: now - 1) && revokes(list, jti: "new", iat: now))
        #expect(revokes(list, sub: "old", iat: now - 1) && revokes(list, sub: "new", iat: now))
        #expect(!revokes(list, sub: "old", iat: now))
    }
}
