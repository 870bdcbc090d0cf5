import Events
import TestSupport
import Testing
import Tokens

@testable import ServerSettings

@Suite struct KeyURLTests {
    /// RFC 8037 §A.2 and RFC 7515 §A.1.
    private let ed25519 =
        #"{"kty":"OKP","crv":"Ed25519","kid":"e","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
    private let secret =
        #"{"kty":"oct","kid":"o","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0i"}"#

    private func settings(_ change: (inout Settings.Auth) -> Void = { _ in }) -> Settings {
        var settings = Settings()
        settings.auth.jwksURL = "https://id.example/jwks"
        change(&settings.auth)
        return settings
    }

    private func keys(_ settings: Settings, _ entries: String...) throws -> [TokenKey] {
        try #require(settings.keyURLs.first).keys(in: #"{"keys":[\#(entries.joined(separator: ","))]}"#.utf8)
    }

    @Test func `keys come from the answer, but no secrets`() throws {
        #expect(try keys(settings(), ed25519, secret).map(\.keyID) == ["e"])
        #expect(throws: KeyError.noUsableKey) { try keys(settings(), secret) }
        #expect(throws: KeyError.notJWK) { try #require(settings().keyURLs.first).keys(in: "<html>".utf8) }
    }

    @Test func `keys for no algorithm that is allowed are none`() throws {
        let narrow = settings { $0.algorithms = [.es256] }
        #expect(throws: KeyError.noUsableKey) { try keys(narrow, ed25519) }
        #expect(try keys(settings { $0.algorithms = [.es256, .edDSA] }, ed25519).map(\.algorithms) == [[.edDSA]])
    }

    @Test func `the server starts without what has not been fetched yet, and has no key`() throws {
        for settings in [settings(), settings { $0.algorithms = [.edDSA] }, settings { $0.issuer = "https://id" }] {
            #expect(try !settings.makeVerifier().hasKeys)
            let fetched = [try #require(settings.keyURLs.first): try keys(settings, ed25519)]
            #expect(try settings.makeVerifier(fetched: fetched).hasKeys)
        }
        let error = #expect(throws: InvalidSettings.self) { try settings().makeKeys() }
        #expect(error?.problems == [.onlyFetchedKeys])
    }

    @Test func `keys of the settings count beside those that are fetched`() throws {
        let own = "a secret of this test that is long enough"
        let settings = settings {
            $0.issuer = "https://id"
            $0.secret = Secret(Array(own.utf8))
        }
        let fetched = [try #require(settings.keyURLs.first): try keys(settings, ed25519)]
        let payload = #"{"sub":"u","tenant":"t","exp":4000000000,"iss":"https://id"}"#
        let token = try TokenSigner(key: try TokenKey(secret: Array(own.utf8))).sign(Array(payload.utf8))
        #expect(try settings.makeVerifier(fetched: fetched).verify(token, at: 0).user.rawValue == "u")
    }

    @Test func `a URL of this machine may be http, with or without a query`() throws {
        for url in [
            "https://id.example/jwks?p=1", "http://127.0.0.1:8080/jwks.json", "http://localhost/jwks",
            "http://[::1]:1/",
        ] { #expect(try environment("BOARDCAST_AUTH_JWKS_URL", url).auth.jwksURL == url) }
    }
}
