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

    @Test func `a host that is named may have its keys come without TLS, and no other`() throws {
        func url(_ hosts: String, _ url: String) throws -> Settings {
            try yaml("auth: {insecureJWKSHosts: [\(hosts)], jwksURL: \"\(url)\", issuers: [\"\(url)\"]}")
        }
        for (hosts, place) in [
            ("keycloak", "http://keycloak:8080/k"), ("'*.svc.cluster.local'", "http://id.x.svc.cluster.local"),
            ("a, KeyCloak", "http://keycloak/"), ("keycloak", "https://elsewhere.example"),
        ] { #expect(try url(hosts, place).keyURLs.count == 2, "\(place)") }
        for (hosts, place) in [
            ("", "http://keycloak/"), ("keycloak", "http://keycloak.evil/"), ("'*.x.local'", "http://x.local/"),
            ("'*.x.local'", "http://ax.local/"), ("x.local", "http://a.x.local/"),
        ] {
            let said = complaints { try url(hosts, place) }
            #expect(said.count == 2 && said.allSatisfy { $0.contains("would be fetched in the open") }, "\(place)")
        }
        for hosts in ["'*'", "'*.'", "keycloak, '*'"] {
            #expect(!complaints { try url(hosts, "http://keycloak/k") }.isEmpty, "\(hosts) would be any host")
        }
        let open = try url("keycloak", "http://keycloak/k")
        #expect(open.keyURLs.map(\.insecureHost) == ["keycloak", "keycloak"])
        #expect(try url("keycloak", "https://a.example").keyURLs.allSatisfy { $0.insecureHost == nil })
    }

    @Test func `the keys of an issuer are where its discovery document says`() throws {
        var settings = Settings()
        settings.auth.issuers = ["https://id.example/", "https://id.example/realms/x"]
        #expect(
            settings.keyURLs.map(\.url) == [
                "https://id.example/.well-known/openid-configuration",
                "https://id.example/realms/x/.well-known/openid-configuration",
            ])
        let realm = settings.keyURLs[1]
        func place(_ json: String, of url: KeyURL) throws(DiscoveryError) -> String? {
            try url.keyPlace(in: Array(json.utf8))?.url
        }
        let good = #"{"issuer":"https://id.example/realms/x","jwks_uri":"https://keys.example/k"}"#
        #expect(try place(good, of: realm) == "https://keys.example/k")
        #expect(throws: DiscoveryError.otherIssuer("https://id.example/realms/x")) {
            try place(good, of: settings.keyURLs[0])
        }
        #expect(throws: DiscoveryError.otherIssuer(nil)) { try place(#"{"jwks_uri":"https://k.example"}"#, of: realm) }
        for text in [#"{"keys":[]}"#, "<html>", #"{"issuer":"https://id.example/realms/x"}"#] {
            #expect(throws: DiscoveryError.notDiscovery) { try place(text, of: realm) }
        }
        for uri in ["http://keys.example/k", "http://127.0.0.1/k", "file:///etc/passwd", "https://u:p@a.example/"] {
            #expect(throws: DiscoveryError.keysInTheOpen) {
                try place(#"{"issuer":"https://id.example/realms/x","jwks_uri":"\#(uri)"}"#, of: realm)
            }
        }
    }

    @Test func `a set's URL may be a discovery document's, whosever it is`() throws {
        let url = try #require(settings { $0.issuer = "https://id" }.keyURLs.first)
        #expect(try url.keyPlace(in: Array(#"{"keys":[]}"#.utf8)) == nil)
        let document = #"{"issuer":"http://inside","jwks_uri":"https://id.example/k"}"#
        #expect(try url.keyPlace(in: Array(document.utf8))?.url == "https://id.example/k")
    }

    @Test func `the keys of each issuer are for its own tokens alone`() throws {
        let own = "a secret of this test that is long enough"
        var settings = Settings()
        settings.auth.secret = Secret(Array(own.utf8))
        settings.auth.issuers = ["https://a", "https://b"]
        let key = try TokenKey(secret: Array(own.utf8))
        let fetched = [settings.keyURLs[0]: [key]]
        let other = "another secret of this test, long enough"
        settings.auth.secret = Secret(Array(other.utf8))
        let verifier = try settings.makeVerifier(fetched: fetched)
        func isGood(_ issuer: String, _ secret: String) throws -> Bool {
            let payload = #"{"sub":"u","tenant":"t","exp":4000000000,"iss":"\#(issuer)"}"#
            let token = try TokenSigner(key: try TokenKey(secret: Array(secret.utf8))).sign(Array(payload.utf8))
            return (try? verifier.verify(token, at: 0)) != nil
        }
        #expect(try isGood("https://a", own) && isGood("https://c", other))
        #expect(try !isGood("https://b", own) && !isGood("https://c", own))
        #expect(try !isGood("https://a", other) && !isGood("https://b", other))
    }
}
