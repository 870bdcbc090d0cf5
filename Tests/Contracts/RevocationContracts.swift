import Boards
import Events
import TestSupport
import Testing

extension AdminContract {
    static let revocations: [AdminContract] = [
        AdminContract("a revocation is kept as it was made, and recorded") { admin in
            let made = try await admin.revoke(.jti("t é"), reason: "lost\nlaptop")
            admin.advance(by: .milliseconds(1))
            let other = try await admin.revoke(.sub("bob"), by: .bob)
            let third = try await admin.revoke(.issuedBefore(Timestamp(milliseconds: 5)))
            #expect(made.id == 1 && made.target == .jti("t é") && made.reason == "lost\nlaptop")
            #expect(made.createdBy == Principal.ann.user && made.createdAt.milliseconds == 1_768_473_000_000)
            #expect(try await admin.revocations() == [third, other, made])
            let entries = try await admin.audit()
            #expect(entries.map(\.act.name) == ["tokens.revoked", "tokens.revoked", "tokens.revoked"])
            #expect(
                entries.map(\.act.subject) == ["issuedBefore 1970-01-01T00:00:00.005Z", "sub bob", "jti t é"])
            #expect(entries.map(\.act.detail) == ["", "", "lost\nlaptop"])
            #expect(entries.map(\.actor) == [Principal.ann.user, Principal.bob.user, Principal.ann.user])
        },
        AdminContract("each tenant has its own revocations, numbers and record") { admin in
            try await admin.revoke(.jti("t"))
            try await admin.revoke(.jti("u"))
            let theirs = try await admin.revoke(.jti("t"), by: .eve)
            #expect(theirs.id == 1)
            #expect(try await admin.revocations(of: .eve) == [theirs])
            #expect(try await admin.audit(of: .eve).count == 1)
            try await admin.revoke(.issuedBefore(Timestamp(milliseconds: .max / 2)), by: .eve)
            #expect(try await admin.revocations().count == 2)
        },
        AdminContract("pages hold every revocation once, newest first") { admin in
            for index in 1...7 { try await admin.revoke(.jti("t\(index)")) }
            var seen: [Int] = []
            var last: Int?
            while true {
                let page = try await admin.revocations(before: last, count: 3)
                if page.isEmpty { break }
                seen += page.map(\.id)
                last = seen.last
                // What comes meanwhile belongs before the first page.
                try await admin.revoke(.jti("later \(seen.count)"))
            }
            #expect(seen == [7, 6, 5, 4, 3, 2, 1])
        },
        AdminContract("a revocation that covers an older one takes its place") { admin in
            try await admin.revoke(.jti("t"))
            try await admin.revoke(.jti("T"))
            try await admin.revoke(.sub("bob"))
            try await admin.revoke(.jti("t"))
            admin.advance(by: .milliseconds(1))
            try await admin.revoke(.sub("bob"))
            #expect(try await admin.revocations().map(\.id) == [5, 4, 2])
            // A clock that was put back: the earlier end would let tokens live again.
            admin.advance(by: .milliseconds(-10))
            try await admin.revoke(.sub("bob"))
            #expect(try await admin.revocations().map(\.id) == [6, 5, 4, 2])
        },
        AdminContract("issuedBefore covers what was revoked well before that time, and nothing else") { admin in
            try await admin.revoke(.jti("old"))
            try await admin.revoke(.sub("old"))
            try await admin.revoke(.issuedBefore(admin.now))
            admin.advance(by: Revocation.certainty)
            let end = admin.now
            try await admin.revoke(.jti("new"))
            try await admin.revoke(.sub("new"))
            try await admin.revoke(.issuedBefore(end - 1))
            #expect(try await admin.revocations().map(\.id) == [6, 5, 4, 1])
            try await admin.revoke(.issuedBefore(end))
            #expect(try await admin.revocations().map(\.id) == [7, 5, 4])
            // An earlier time is kept beside the later one, and changes nothing.
            try await admin.revoke(.issuedBefore(Timestamp(milliseconds: 0)))
            #expect(try await admin.revocations().map(\.id) == [8, 7, 5, 4])
        },
        AdminContract("the list for start-up has what is in force, of every tenant") { admin in
            try await admin.revoke(.jti("t"))
            try await admin.revoke(.sub("bob"))
            try await admin.revoke(.issuedBefore(Timestamp(milliseconds: 1000)), by: .eve)
            let list = try await admin.store.revocationList()
            func isRevoked(_ author: Principal, _ id: String?, _ issuedAt: Timestamp?) -> Bool {
                list.revokes(tokenID: id, of: author.user, issuedAt: issuedAt, in: author.tenant)
            }
            #expect(isRevoked(.ann, "t", .never) && !isRevoked(.ann, "u", nil) && !isRevoked(.ann, nil, nil))
            #expect(isRevoked(.bob, nil, nil) && isRevoked(.bob, nil, admin.now))
            #expect(!isRevoked(.bob, nil, admin.now + 1))
            #expect(isRevoked(.eve, nil, 999) && isRevoked(.eve, "t", nil) && !isRevoked(.eve, "t", 1000))
        },
        AdminContract("beyond the bound only an issuedBefore is taken, and makes room in time") { admin in
            for index in 0..<AdminContract.limits.revocations { try await admin.revoke(.jti("\(index)")) }
            let refused = await refusal { try await admin.revoke(.sub("bob")) }
            #expect(refused == .conflict(.revocationsFull(limit: 20)))
            #expect(refused?.description.contains("issuedBefore") == true)
            try await admin.revoke(.jti("7"))
            try await admin.revoke(.jti("x"), by: .eve)
            admin.advance(by: .milliseconds(1))
            try await admin.revoke(.issuedBefore(admin.now))
            // Not a second one that does less.
            #expect(
                await refusal { try await admin.revoke(.issuedBefore(Timestamp(milliseconds: 0))) }
                    == .conflict(.revocationsFull(limit: 20)))
            #expect(try await admin.revocations().count == AdminContract.limits.revocations + 1)
            // What was refused is not recorded.
            #expect(try await admin.audit(count: 2).map(\.act.subject) == ["issuedBefore \(admin.now)", "jti 7"])
            admin.advance(by: Revocation.certainty)
            try await admin.revoke(.issuedBefore(admin.now))
            try await admin.revoke(.sub("bob"))
            #expect(try await admin.revocations().map(\.target) == [.sub("bob"), .issuedBefore(admin.now)])
        },
    ]
}
