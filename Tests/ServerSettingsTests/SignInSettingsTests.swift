import TestSupport
import Testing

@testable import ServerSettings

/// `signIn.…`: where people sign in on our own pages.
@Suite struct SignInSettingsTests {
    @Test func `an issuer whose tokens count, and the pages' client id`() throws {
        let settings = try yaml(
            """
            auth: {issuers: [https://id.example/]}
            signIn: {issuer: https://id.example/, clientID: page, scopes: [profile, groups], audience: https://api.example}
            """)
        #expect(settings.signIn.issuer == "https://id.example/" && settings.signIn.clientID == "page")
        #expect(settings.signIn.scopes == ["profile", "groups"] && settings.signIn.audience == "https://api.example")
        let byVariable = try Settings.load(
            from: SettingsSources(environment: [
                "BOARDCAST_SIGN_IN_ISSUER": "https://id.example", "BOARDCAST_SIGN_IN_CLIENT_ID": "page",
                "BOARDCAST_AUTH_JWKS_URL": "https://id.example/keys",
            ]))
        #expect(byVariable.signIn.clientID == "page")
    }

    @Test(arguments: ["{issuer: https://id.example}", "{clientID: page}"])
    func `half a sign-in is refused`(half: String) {
        let said = complaints { try yaml("auth: {issuers: [https://id.example]}\nsignIn: \(half)") }
        #expect(said.count == 1 && said[0].hasPrefix("signIn.issuer and signIn.clientID belong together"))
    }

    @Test(arguments: [
        "auth: {issuers: [https://other.example]}", "auth: {issuers: [https://id.example/]}",
        "auth: {issuer: https://other.example, jwksURL: https://id.example/keys}", "auth: {issuer: https://id.example}",
        "",
    ])
    func `an issuer whose tokens would be refused is refused`(auth: String) {
        let said = complaints { try yaml("\(auth)\nsignIn: {issuer: https://id.example, clientID: page}") }
        #expect(
            said == ["signIn.issuer is https://id.example, whose tokens would be refused: add it to auth.issuers"])
    }

    @Test func `a tenant's people sign in at the tenant's own issuer, or nowhere`() throws {
        func load(_ more: String) throws -> Settings {
            let folder = try TemporaryFolder()
            let tenants = try folder.directory("tenants")
            try folder.write(
                "tenants/acme.yaml", "auth: {issuer: https://acme.example, jwksURL: https://acme.example/keys}\n\(more)"
            )
            let file = try folder.write(
                "boardcast.yaml",
                """
                auth: {issuers: [https://id.example]}
                signIn: {issuer: https://id.example, clientID: page}
                tenants: {directory: \(tenants)}
                """)
            var settings = try Settings.load(from: SettingsSources(environment: [:], file: file))
            try settings.readTenants()
            return settings
        }
        #expect(try load("").tenants.files[0].settings.signIn == Settings.SignIn())
        let own = try load("signIn: {issuer: https://acme.example, clientID: theirs}").tenants.files[0].settings.signIn
        #expect(own.clientID == "theirs")
        let half = complaints { try load("signIn: {clientID: theirs}") }
        #expect(half.count == 1 && half[0].contains("acme.yaml: signIn.issuer and signIn.clientID belong together"))
        let elsewhere = complaints { try load("signIn: {issuer: https://id.example, clientID: page}") }
        #expect(elsewhere.count == 1 && elsewhere[0].hasSuffix("which is not the tenant's auth.issuer"))
    }
}
