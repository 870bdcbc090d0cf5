import Boards
import Events
import Testing
import Tokens

@testable import Gateway

/// What a plain token's bytes come to, wherever they lie.
@Suite struct PlainTokenTests {
    private func principal(_ gateway: TestGateway, _ token: String) -> Principal? {
        let request = Array("GET /sse/connect HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\r\n".utf8)
        let start = request.count - 4 - token.utf8.count
        return request.withUnsafeBytes { request in
            gateway.authenticator.principal(ofPlain: .init(rebasing: request[start..<request.count - 4]))
        }
    }

    @Test func `a valid token has the principal that any other way finds`() throws {
        let gateway = try TestGateway()
        let token = try TestGateway.token("admin", boards: ["plan"], id: "t", issued: TestGateway.second)
        let quick = try #require(principal(gateway, token))
        #expect("\(quick)" == "\(try gateway.authenticator.principal(of: .token(token[...])))")
    }

    @Test func `what is not valid has none`() throws {
        let gateway = try TestGateway()
        let token = try TestGateway.token(id: "t")
        #expect(principal(gateway, token) != nil)
        let forged = try TestGateway.token(id: "t", secret: Array("another secret, of 32 bytes and more".utf8))
        let past = try TestGateway.token(expires: TestGateway.second - 3600)
        for bad in [forged, past, String(token.dropLast()), ""] { #expect(principal(gateway, bad) == nil) }
    }

    @Test func `a revoked token has none, nor has one whose key is gone`() throws {
        let gateway = try TestGateway()
        let ann = try TestGateway.token()
        let bob = try TestGateway.token(user: "bob")
        let user = try #require(UserID("ann"))
        let tenant = try #require(TenantID("acme"))
        try gateway.authenticator.revoke(.subject(user), at: TestGateway.now, in: tenant)
        #expect(principal(gateway, ann) == nil && principal(gateway, bob) != nil)
        let other = try TokenKey(secret: Array("another secret, of 32 bytes and more".utf8))
        gateway.authenticator.replace(with: TokenVerifier(keys: KeySet([other])))
        #expect(principal(gateway, bob) == nil)
    }
}
