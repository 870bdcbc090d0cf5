import Events
import TestSupport
import Testing
import Tokens

@testable import ServerSettings

@Suite struct SettingsKeysTests {
    private let secret = "a secret of this test that is long enough"

    @Test func `every key that is given counts`() throws {
        let folder = try TemporaryFolder()
        var settings = Settings()
        settings.auth.secret = Secret(Array(secret.utf8))
        settings.auth.secretFile = try folder.write("old", "another secret of this test, long enough\n")
        settings.auth.jwksFile = try folder.write(
            "jwks.json", #"{"keys":[{"kty":"oct","kid":"k1","k":"\#(Base64URL.encode(Array(secret.utf8)))"}]}"#)
        #expect(try settings.makeKeys().map(\.keyID) == [nil, nil, "k1"])
        let verifier = try settings.makeVerifier()
        #expect(verifier.rules.algorithms == [.hs256, .hs384, .hs512] && verifier.rules.leeway == .seconds(30))
    }

    @Test func `algorithms are those of the keys, unless they are narrowed`() throws {
        var settings = Settings()
        settings.auth.secret = Secret(Array(secret.utf8))
        settings.auth.algorithms = [.hs512, .es256]
        #expect(try settings.makeVerifier().rules.algorithms == [.hs512, .es256])
        settings.auth.algorithms = [.es256]
        let error = #expect(throws: InvalidSettings.self) { try settings.makeVerifier() }
        #expect(
            error?.description
                == "auth.algorithms: none of ES256 is for the keys given, which are for HS256, HS384, HS512")
    }

    @Test func `without a key it says what to set`() {
        let error = #expect(throws: InvalidSettings.self) { try Settings().makeVerifier() }
        #expect(error?.problems == [.noKey])
        for word in ["auth.secretFile", "BOARDCAST_AUTH_SECRET", "auth.publicKeyFile", "auth.jwksFile", "--dev"] {
            #expect(error?.description.contains(word) == true)
        }
    }

    @Test func `a file that is no key, or is not there, is named with its setting`() throws {
        let folder = try TemporaryFolder()
        let rubbish = try folder.write("rubbish.pem", "not a key\n")
        var settings = Settings()
        (settings.auth.secretFile, settings.auth.publicKeyFile) = (rubbish, rubbish)
        settings.auth.jwksFile = folder.path + "/missing"
        let error = #expect(throws: InvalidSettings.self) { try settings.makeKeys() }
        #expect(
            error?.problems.map(\.description) == [
                "auth.secretFile: \(rubbish): an HMAC secret must have at least 32 bytes",
                "auth.publicKeyFile: \(rubbish): found no PEM public key, private key without passphrase, or certificate",
                "auth.jwksFile: can't read \(folder.path)/missing: No such file or directory",
            ])
    }

    @Test func `the server's own secret signs; without one it says what to give`() throws {
        let folder = try TemporaryFolder()
        var settings = Settings()
        let none = #expect(throws: InvalidSettings.self) { try settings.makeSigningKey() }
        #expect(none?.problems == [.noSigningKey])
        for word in ["--key-file", "BOARDCAST_AUTH_SECRET"] { #expect(none?.description.contains(word) == true) }
        settings.auth.secretFile = folder.path + "/missing"
        let missing = #expect(throws: InvalidSettings.self) { try settings.makeSigningKey() }
        #expect(
            missing?.description == "auth.secretFile: can't read \(folder.path)/missing: No such file or directory")
        settings.auth.secretFile = try folder.write("secret", secret + "\n")
        #expect(try settings.makeSigningKey().canSign)
        settings.auth.secret = Secret(Array("short".utf8))
        #expect(throws: InvalidSettings.self) { try settings.makeSigningKey() }
    }

    @Test func `roles are a mapping in YAML, and pairs or JSON elsewhere`() throws {
        let expected = RoleMap([("boards-admin", .admin), ("https://x/bot", .service), ("CN=staff,OU=x", .member)])
        let file = try yaml(
            """
            auth:
              roleClaim: realm_access.roles
              defaultRole: viewer
              roles:
                boards-admin: admin
                https://x/bot: service
                CN=staff,OU=x: member
            """)
        #expect(file.auth.roles.map == expected && file.auth.roles.fallback == .viewer)
        #expect(file.auth.roles.claim == "realm_access.roles")
        let json = #"{"boards-admin":"admin","https://x/bot":"service","CN=staff,OU=x":"member"}"#
        #expect(try environment("BOARDCAST_AUTH_ROLES", json).auth.roles.map == expected)
        let pairs = try environment("BOARDCAST_AUTH_ROLES", "boards-admin=admin, urn:x:bot: service").auth.roles.map
        #expect(pairs == RoleMap([("boards-admin", .admin), ("urn:x:bot", .service)]))
        #expect(try environment("BOARDCAST_AUTH_ROLES", "").auth.roles.map.isEmpty)
        for text in ["auth: {roles: [admin]}", "auth: {roles: {a: [admin]}}", "auth: {roles: {a: owner}}"] {
            #expect(complaints { try yaml(text) }.count == 1)
        }
        #expect(complaints { try yaml("auth: {role: {a: admin}}") }.first?.contains("is not a setting") == true)
    }

    @Test func `a key of a file that can't be used is reported with its setting`() throws {
        let folder = try TemporaryFolder()
        var settings = Settings()
        settings.auth.jwksFile = try folder.write(
            "jwks.json",
            #"{"keys":[{"kty":"AKP","kid":"new"},{"kty":"oct","k":"\#(Base64URL.encode(Array(secret.utf8)))"}]}"#)
        var said: [String] = []
        _ = try settings.makeVerifier { setting, key in said.append("\(setting): \(key.name): \(key.reason)") }
        #expect(said == ["auth.jwksFile (\(folder.path)/jwks.json): new: \(KeyError.unsupported)"])
    }
}
