import Testing

@testable import Tokens

@Suite struct RoleTests {
    @Test func `each role allows what the contract lists and nothing else`() {
        let allowed: [Role: [Permission]] = [
            .viewer: [.read], .member: [.read, .write], .service: [.read, .write, .publish, .jobs],
            .admin: Permission.allCases,
        ]
        for role in Role.allCases {
            #expect(Permission.allCases.filter(role.allows) == allowed[role])
        }
    }

    @Test func `a permission that the role lacks is denied by name`() throws {
        let claims = Claims(subject: "u1", tenant: "acme", expiresAt: 0, role: .viewer)
        try claims.require(.read)
        #expect(throws: PermissionDenied(role: .viewer, permission: .write)) { try claims.require(.write) }
        #expect(
            PermissionDenied(role: .viewer, permission: .write).description == "the role viewer does not allow to write"
        )
    }

    @Test func `boards narrow a token, and their absence does not`() {
        let narrow = Claims(subject: "u1", tenant: "acme", expiresAt: 0, boards: ["main", "cafe\u{301}"])
        #expect(narrow.mayUse(board: "main"))
        #expect(!narrow.mayUse(board: "ops"))
        #expect(!narrow.mayUse(board: "caf\u{E9}"))
        #expect(!Claims(subject: "u1", tenant: "acme", expiresAt: 0, boards: []).mayUse(board: "main"))
        #expect(Claims(subject: "u1", tenant: "acme", expiresAt: 0).mayUse(board: "anything"))
    }
}
