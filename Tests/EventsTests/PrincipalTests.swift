import Events
import TestSupport
import Testing

@Suite struct PrincipalTests {
    private func principal(_ role: Role = .member, boards: Selection.Boards = .all) throws -> Principal {
        Principal(
            tenant: try #require(TenantID("acme")), user: try #require(UserID("u1")), role: role, boards: boards,
            expiresAt: 7, issuedAt: 5, notBefore: 6, tokenID: "t1", issuer: "https://issuer")
    }

    @Test func `each role allows what the contract lists and nothing else`() {
        let allowed: [Role: [Permission]] = [
            .viewer: [.read], .member: [.read, .write], .service: [.read, .write, .publish, .jobs],
            .admin: Permission.allCases,
        ]
        for role in Role.allCases {
            #expect(Permission.allCases.filter(role.allows) == allowed[role])
        }
    }

    @Test func `a role is spelled exactly so, byte by byte`() {
        #expect(Role(name: "admin") == .admin)
        for name in ["", "Admin", "admin ", "\u{212A}", "owner"] { #expect(Role(name: name) == nil) }
    }

    @Test func `a permission that the role lacks is denied by name`() throws {
        let viewer = try principal(.viewer)
        try viewer.require(.read)
        #expect(throws: PermissionDenied(role: .viewer, permission: .write)) { try viewer.require(.write) }
        #expect(
            PermissionDenied(role: .viewer, permission: .write).description == "the role viewer may not write"
        )
    }

    @Test func `who is limited to boards keeps everything else`() throws {
        let limited = try principal(.admin).limited(to: .only([.main]))
        #expect(limited.boards == .only([.main]))
        #expect(limited.tenant.rawValue == "acme" && limited.user.rawValue == "u1" && limited.role == .admin)
        #expect(limited.expiresAt == 7 && limited.issuedAt == 5 && limited.notBefore == 6)
        #expect(limited.tokenID == "t1" && limited.issuer == "https://issuer")
    }
}
