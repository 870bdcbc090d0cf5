import Events
import Foundation
import Testing
import Tokens

/// The sample of Docs/CLIENTS.md that makes a token in Swift.
@Suite struct MintSampleTests {
    @Test func `its token is taken`() async throws {
        let secret = Array("a secret for samples, of 32 bytes and more".utf8)
        let token = try await mint("ann", of: "acme", as: "admin", with: Data(secret))
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(secret: secret)]))
        let now = Timestamp.now()
        let principal = try verifier.verify(token, at: now)
        #expect(principal.user.rawValue == "ann" && principal.tenant.rawValue == "acme" && principal.role == .admin)
        #expect(principal.expiresAt > now + .seconds(3500) && principal.expiresAt < now + .seconds(3700))
    }

    @Test func `the page has it as it is here`() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let sample = try String(contentsOf: tests.appendingPathComponent("MintSample.swift"), encoding: .utf8)
        let page = tests.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
            "Docs/CLIENTS.md")
        #expect(try String(contentsOf: page, encoding: .utf8).contains("```swift file=Mint.swift\n\(sample)```"))
    }
}
