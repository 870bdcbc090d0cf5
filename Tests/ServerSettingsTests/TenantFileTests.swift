import Events
import TestSupport
import Testing
import Tokens

@testable import ServerSettings

/// `tenants.directory`: what each tenant has of its own.
@Suite struct TenantFileTests {
    private static let secret = "a secret of this test that is long enough"
    private let folder: TemporaryFolder
    private let directory: String
    private var general = Settings()

    init() throws {
        folder = try TemporaryFolder()
        directory = try folder.directory("tenants")
        try folder.write("secret", Self.secret)
        general.tenants.directory = directory
    }

    private func file(_ name: String, _ text: String, issuer: String? = nil) throws {
        let issuer = issuer ?? "https://\(name)"
        let head = "auth:\n  issuer: \(issuer)\n  secretFile: \(folder.path)/secret\n"
        try folder.write("tenants/\(name)", head + text)
    }

    private func read(_ change: (inout Settings) -> Void = { _ in }) throws -> Settings {
        var settings = general
        change(&settings)
        try settings.readTenants()
        return settings
    }

    /// What is wrong, with the folder's path left out.
    private func complaints(_ change: (inout Settings) -> Void = { _ in }) -> [String] {
        do {
            _ = try read(change).makeVerifier()
            return []
        } catch {
            return "\(error)".split(separator: "\n").map { String($0.replacing("\(directory)/", with: "")) }
        }
    }

    private func token(_ issuer: String?, tenant: String, _ more: String = "", secret: String = secret) throws -> String
    {
        let issuer = issuer.map { #","iss":"\#($0)""# } ?? ""
        let payload = #"{"sub":"u","exp":4000000000,"tenant":"\#(tenant)"\#(issuer)\#(more)}"#
        return try TokenSigner(key: try TokenKey(secret: Array(secret.utf8))).sign(Array(payload.utf8))
    }

    @Test func `roles may be the file's own`() throws {
        try file("acme.yaml", "  roleClaim: groups\n  roles: {staff: admin}")
        try file("globex.yaml", "")
        let verifier = try read { $0.auth.roles.fallback = .viewer }.makeVerifier()
        for (tenant, role) in [("acme", Role.admin), ("globex", .viewer)] {
            let token = try token("https://\(tenant).yaml", tenant: tenant, #","groups":["staff"]"#)
            #expect(try verifier.verify(token, at: 0).role == role)
        }
    }

    @Test func `tokens that name no tenant can't be of one with an issuer of its own`() throws {
        try file("acme.yaml", "")
        let said = complaints { $0.auth.tenant = TenantID("acme") }
        #expect(said == ["acme.yaml: auth.tenant is this tenant, for which only the tokens of its own issuer count"])
        #expect(complaints { $0.auth.tenant = TenantID("general") } == [])
    }

    @Test func `what a file leaves out is as for all, but keys and origins are its own alone`() throws {
        try file(
            "acme.yaml",
            """
            limits: {writeBurst: 7}
            http: {corsOrigins: ["https://acme.example"]}
            events: {retainCount: 5}
            """)
        let settings = try read {
            $0.limits.writesPerSecond = 3
            $0.http.corsOrigins = ["https://general.example"]
            $0.auth.secret = Secret(Array("another secret that is long enough, too".utf8))
            $0.auth.audience = "boards"
        }
        let own = try #require(settings.tenants.files.first)
        #expect(own.tenant == TenantID("acme") && own.issuer == "https://acme.yaml")
        #expect(own.settings.limits.writesPerSecond == 3 && own.settings.limits.writeBurst == 7)
        #expect(own.settings.http.corsOrigins == ["https://acme.example"] && own.settings.events.count == 5)
        #expect(own.settings.auth.secret == nil && own.settings.auth.audience == "boards")
        #expect(settings.limits.writeBurst == 400)
    }

    @Test func `an issuer's tokens speak for its tenant alone, and with its keys alone`() throws {
        let other = "another secret that is long enough, too"
        try file("acme.yaml", "")
        try folder.write("other", other)
        try folder.write("tenants/globex.yaml", "auth: {issuer: globex, secretFile: \(folder.path)/other}")
        let verifier = try read { $0.auth.secret = Secret(Array("the general secret, which is long enough".utf8)) }
            .makeVerifier()
        let general = "the general secret, which is long enough"
        for (issuer, tenant, secret, error) in [
            ("https://acme.yaml", "acme", Self.secret, nil), ("globex", "globex", other, nil),
            (nil, "third", general, nil), ("someone", "third", general, nil),
            ("https://acme.yaml", "globex", Self.secret, TokenError.tenantOfAnotherIssuer),
            ("https://acme.yaml", "third", Self.secret, .tenantOfAnotherIssuer),
            ("https://acme.yaml", "acme", general, .signatureMismatch),
            ("https://acme.yaml", "acme", other, .signatureMismatch),
            ("globex", "acme", Self.secret, .signatureMismatch),
            (nil, "acme", general, .tenantOfAnotherIssuer), ("someone", "acme", general, .tenantOfAnotherIssuer),
            (nil, "acme", Self.secret, .signatureMismatch),
        ] as [(String?, String, String, TokenError?)] {
            let token = try token(issuer, tenant: tenant, secret: secret)
            do throws(TokenError) {
                #expect(try verifier.verify(token, at: 0).tenant.rawValue == tenant)
                #expect(error == nil, "\(issuer ?? "-") \(tenant)")
            } catch let found {
                #expect(found == error, "\(issuer ?? "-") \(tenant)")
            }
        }
    }

    @Test func `a tenant's audience and algorithms hold for its tokens alone`() throws {
        try file("acme.yaml", "  audience: acme's\n  algorithms: [HS512]\n")
        let verifier = try read { $0.auth.secret = Secret(Array("the general secret, which is long enough".utf8)) }
            .makeVerifier()
        let payload = #"{"sub":"u","exp":4000000000,"tenant":"acme","iss":"https://acme.yaml","aud":"acme's"}"#
        let key = try TokenKey(secret: Array(Self.secret.utf8))
        func sign(_ algorithm: Algorithm) throws -> String {
            try TokenSigner(key: key, algorithm: algorithm).sign(Array(payload.utf8))
        }
        #expect(try verifier.verify(try sign(.hs512), at: 0).tenant.rawValue == "acme")
        #expect(throws: TokenError.noMatchingKey) { try verifier.verify(try sign(.hs256), at: 0) }
        let general = try token(nil, tenant: "third", secret: "the general secret, which is long enough")
        #expect(try verifier.verify(general, at: 0).tenant.rawValue == "third")
    }

    @Test func `with tenants that have keys, no general key is needed`() throws {
        try file("acme.yaml", "")
        #expect(complaints() == [])
        #expect(throws: InvalidSettings(.noKey)) { try Settings().makeVerifier() }
    }

    @Test func `each tenant's JWK set is its own, though the URL is the same`() throws {
        for name in ["acme", "globex"] {
            try folder.write(
                "tenants/\(name).yaml", "auth: {issuer: \"https://\(name)\", jwksURL: \"https://id.example/jwks\"}")
        }
        let settings = try read { $0.auth.jwksURL = "https://id.example/jwks" }
        #expect(settings.keyURLs.map(\.tenant) == [nil, TenantID("acme"), TenantID("globex")])
        #expect(Set(settings.keyURLs).count == 3)
        let ed25519 = #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
        let keys = try settings.keyURLs[1].keys(in: #"{"keys":[\#(ed25519)]}"#.utf8)
        #expect(try settings.makeVerifier(fetched: [settings.keyURLs[1]: keys]).hasKeys)
    }

    @Test(arguments: [
        (
            "limits: {writesPerSecnd: 5}",
            "limits.writesPerSecnd (acme.yaml, line 4) is not a setting; the nearest one is limits.writesPerSecond"
        ),
        ("http: {port: 5}", "http.port (acme.yaml, line 4) is for the whole server and can't be set for one tenant"),
        (
            "limits: {connectionsTotal: 5}",
            "limits.connectionsTotal (acme.yaml, line 4) is for the whole server and can't be set for one tenant"
        ),
        (
            "limits: {writeBurst: 0}",
            "limits.writeBurst (acme.yaml): “0” is out of range; allowed: a whole number from 1 to 1000000"
        ),
        ("limits: [", "acme.yaml, line 5: not YAML: did not find expected node content"),
        (
            "  algorithms: [ES256]",
            "acme.yaml: auth.algorithms: none of ES256 is for the keys given, which are for HS256, HS384, HS512"
        ),
    ])
    func `what is wrong with a file is said with the file's name`(text: String, complaint: String) throws {
        try file("acme.yaml", text)
        #expect(complaints() == [complaint])
    }

    @Test func `a file without an issuer or a key, or of another name, is refused`() throws {
        try folder.write("tenants/acme.yaml", "limits: {writeBurst: 5}")
        try folder.write("tenants/README.txt", "")
        try folder.write("tenants/no tenant.yaml", "")
        try folder.write("tenants/.hidden", "")
        #expect(
            complaints() == [
                "README.txt: is not named TENANT.yaml, after a tenant",
                "acme.yaml: auth.issuer is missing",
                "acme.yaml: the tenant needs a key of its own: set one of auth.secretFile, auth.publicKeyFile, "
                    + "auth.jwksFile, auth.jwksURL",
                "no tenant.yaml: is not named TENANT.yaml, after a tenant",
            ])
        try folder.write("tenants/acme.yaml", "auth: {issuer: a, secretFile: /nowhere}")
        #expect(complaints { $0.tenants.directory = "/nowhere" }.first?.hasPrefix("tenants.directory: ") == true)
    }

    @Test func `two tenants can't have one issuer, nor one the general issuer`() throws {
        try file("acme.yaml", "", issuer: "https://id")
        try file("globex.yaml", "", issuer: "https://id")
        #expect(complaints() == ["globex.yaml: its auth.issuer is also that of acme.yaml"])
        #expect(
            complaints { $0.auth.issuer = "https://id" } == [
                "acme.yaml: its auth.issuer is also that of the general auth.issuer",
                "globex.yaml: its auth.issuer is also that of acme.yaml",
            ])
    }
}
