import Boards
import Events
import Testing

extension AdminContract {
    static let audit: [AdminContract] = [
        AdminContract("acts are kept as they were recorded, newest first") { admin in
            let first = try await admin.record("a.b")
            admin.advance(by: .milliseconds(1))
            let second = try await admin.record("c.d", by: .bob)
            #expect(first.id == 1 && first.timestamp.milliseconds == 1_768_473_000_000)
            #expect(second.actor == Principal.bob.user && second.act == AdminAct("c.d", subject: "s", detail: "d"))
            #expect(try await admin.audit() == [second, first])
            #expect(try await admin.audit(before: 2) == [first])
            #expect(try await admin.audit(before: 1) == [])
            #expect(try await admin.audit(count: 1) == [second])
        },
        AdminContract("of a tenant's acts the newest are kept") { admin in
            for index in 1...AdminContract.limits.auditEntries + 2 { try await admin.record("a.\(index)") }
            try await admin.record("theirs", by: .eve)
            let entries = try await admin.audit()
            #expect(entries.count == AdminContract.limits.auditEntries)
            #expect(entries.first?.id == AdminContract.limits.auditEntries + 2 && entries.last?.id == 3)
            #expect(try await admin.audit(of: .eve).map(\.id) == [1])
        },
    ]
}
