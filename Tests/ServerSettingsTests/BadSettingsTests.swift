import TestSupport
import Testing
import Tokens

@testable import ServerSettings

@Suite struct BadSettingsTests {
    @Test(arguments: [
        (
            "http.host",
            [
                "a b", "http://x", "x:80", "a/b", "[::1]:80", "[::1", "[127.0.0.1]", "[]", "[a]", "unix:", "unix:/run/",
                "unix:/" + String(repeating: "x", count: 107), "UNIX:/run/x",
            ]
        ),
        ("log.format", ["JSON", "logfmt"]),
        ("ops.host", ["unix:/run/x", "a b", "[::1"]), ("ops.port", ["x", "-1", "65536"]),
        ("http.socketMode", ["660 ", "0o660", "999", "07777", "66", "0440", "rw-rw----"]),
        ("http.port", ["x", "-1", "65536", "80.0", "1e3", "+1", " 80", "0x50", "９", "99999999999999999999"]),
        (
            "http.corsOrigins",
            [
                "*", "https://*.example.com", "NULL", "https://a.example/", "https://a.example/x", "a.example",
                "ftp://a.example", "https://A.example", "https://a.example:443", "http://a.example:80",
                "https://u@a.example", "https://a.example,", "https://a.example?x", "https://a.example:0",
                "https://a.example:x", "https://", "capacitor://", "capacitor://*", "capacitor://a/", "Capacitor://a",
                "capacitor:a", "://a", "1a://a", "javascript://a", "file:///", "file://a", "capacitor://u@a",
            ]
        ),
        (
            "http.publicURL",
            [
                "a.example", "https://", "https://u@a.example", "https://a.example/?x", "https://a.example/api",
                "https://a.example/assets/x", "https://a.example/a//b", "https://a.example/../b", "ftp://a.example",
                "https://a.example/a%20b",
            ]
        ), ("http.proxyProtocol", ["yes", "1", "True"]),
        ("http.maxBodyBytes", ["1023", "1 MiB", "-5"]), ("http.maxHeaderBytes", ["1023", "2000000"]),
        (
            "auth.jwksURL",
            [
                "https://", "a.example/jwks", "http://a.example/jwks", "http://127.0.0.1.example/jwks",
                "http://localhost.example", "https://u:p@a.example/", "https://a.example/#x", "https://a.example/ x",
                "file:///etc/passwd", "ftp://a.example",
            ]
        ), ("auth.issuers", ["http://a.example", "https://a.example,x"]),
        ("auth.insecureJWKSHosts", ["*", "*.", "a.*", "http://a", "a:80", "*..x"]),
        ("auth.tenant", ["a b", "a/b"]),
        ("auth.defaultRole", ["owner", "Admin"]),
        (
            "auth.roles",
            ["x", "x=", "=admin", "x=owner", "x=admin,x=viewer", "{", "{\"x\":1}", "{\"x\":\"owner\"}"]
        ),
        ("auth.leewaySeconds", ["-1", "601", "30s"]),
        ("auth.algorithms", ["none", "hs256", "HS256,none", "HS256,,ES256", "RS1", "HS256 ES256"]),
        ("database.url", ["x.sqlite", "sqlite:", "sqlite://x", "mysql://x", "postgres:u:password@host/db"]),
        ("database.synchronous", ["off", "FULL"]), ("events.retainCount", ["0", "many"]),
        ("events.retainSeconds", ["0", "7d"]), ("sse.heartbeatSeconds", ["0", "soon", "-1", "1e400", "1.5"]),
        ("sse.retryMilliseconds", ["0", "3s"]), ("sse.queueBytes", ["0", "256k"]), ("sse.stallSeconds", ["0"]),
        ("limits.connectionsPerTenant", ["0"]), ("limits.connectionsPerUser", ["0", "x"]),
        ("limits.connectionsTotal", ["0", "unlimited"]), ("limits.writesPerSecond", ["0", "1000001", "fast"]),
        ("limits.writeBurst", ["0", "1000001"]), ("limits.authFailuresPerSecond", ["0", "1000001"]),
        ("limits.authFailureBurst", ["0", "all"]), ("limits.bodiesBytes", ["65535", "32 MiB"]),
        ("limits.recentFramesBytes", ["-1", "256 MiB"]), ("http.maxBodyValues", ["99", "10k"]),
        ("http.maxImportBytes", ["1023", "20 MiB"]),
        ("http.trustedProxies", ["x", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/08", "::/129", "p.local", "10.0.0.1:80"]),
        ("signIn.issuer", ["id.example", "http://id.example", "https://id.example?a=b", "https://u:p@id.example"]),
        ("signIn.clientID", ["a\u{9}b", "päge"]), ("signIn.scopes", ["a b", "\"", "a,,b"]),
        ("signIn.audience", ["a\u{9}"]),
        ("rooms.coalesceMilliseconds", ["-1", "1001"]), ("database.writers", ["0", "65", "many"]),
        ("database.listenURL", ["sqlite:x", "host/db"]),
        ("server.drainSeconds", ["-1", "601"]), ("server.loops", ["0", "auto"]),
        ("log.level", ["verbose", "information", "warn ", "0"]),
    ])
    func `a value that is not allowed is refused by the key's name, with what is`(name: String, texts: [String]) throws
    {
        let key = try #require(SettingKey.named(name))
        for text in texts {
            let said = complaints { try environment(key.environmentName, text) }
            #expect(said.count == 1, "\(text)")
            #expect(said.first?.hasPrefix("\(name) (\(key.environmentName))") == true, "\(said)")
            #expect(said.first?.hasSuffix("; allowed: \(key.allowed)") == true, "\(said)")
        }
    }

    @Test func `an empty variable is as if it were not set`() throws {
        let (folder, names) = (try TemporaryFolder(), SettingKey.all.map(\.environmentName))
        let empty = Dictionary(uniqueKeysWithValues: (names + ["BOARDCAST_SECRETS_DIRECTORY"]).map { ($0, "") })
        #expect(try Settings.load(from: SettingsSources(environment: empty)) == Settings())
        let file = try folder.write(
            "boardcast.yaml", "auth: {issuer: i, algorithms: [ES256]}\nhttp.corsOrigins: [https://a.example]\n")
        let settings = try Settings.load(from: SettingsSources(environment: empty, file: file))
        #expect(settings.auth.issuer == "i" && settings.auth.algorithms == [.es256])
        // Where a list may be empty, that is a value.
        #expect(settings.http.corsOrigins == [])
        #expect(complaints { try environment("BOARDCAST_AUTH_ISUER", "") }.count == 1)
        #expect(complaints { try yaml("auth: {issuer: \"\"}") }.count == 1)
    }

    @Test func `every key that can be set has its bad values tested, and refuses them`() {
        let nothing = SettingKey.all.filter { key in
            complaints { try environment(key.environmentName, "\u{1}") }.isEmpty
        }
        // Any text will do for these.
        let free: Set = [
            "auth.secretFile", "auth.publicKeyFile", "auth.jwksFile", "auth.issuer", "auth.audience",
            "auth.tenantClaim", "auth.roleClaim", "tenants.directory", "database.passwordFile",
        ]
        #expect(Set(nothing.map(\.name)) == free)
    }

    @Test func `a message quotes the value and says what is wrong with it`() {
        #expect(
            complaints { try environment("BOARDCAST_HTTP_PORT", "abc") } == [
                "http.port (BOARDCAST_HTTP_PORT): “abc” is not a whole number; allowed: a whole number from 0 to 65535"
            ])
        #expect(
            complaints { try yaml("sse:\n  stallSeconds: 0\n") } == [
                """
                sse.stallSeconds (boardcast.yaml): “0” is out of range; allowed: a whole number of seconds from 1 to 86400
                """
            ])
    }

    @Test func `a wildcard origin is refused for what it would do`() {
        let said = complaints { try environment("BOARDCAST_HTTP_CORS_ORIGINS", "https://a.example, *") }
        #expect(said.first?.contains("has “*”, which has a wildcard, which would let any site in") == true, "\(said)")
    }

    @Test(arguments: ["short and secret", String(repeating: "x", count: 31)])
    func `a secret that is too weak is refused, and not quoted`(secret: String) throws {
        let folder = try TemporaryFolder()
        let secrets = try folder.directory("secrets")
        try folder.write("secrets/auth.secret", secret)
        for said in [
            complaints { try environment("BOARDCAST_AUTH_SECRET", secret) },
            complaints { try yaml("auth: {secret: \"\(secret)\"}") },
            complaints { try Settings.load(from: SettingsSources(environment: [:], secretsDirectory: secrets)) },
        ] {
            #expect(said.count == 1)
            #expect(said.first?.contains("at least 32 bytes") == true, "\(said)")
            #expect(secret.isEmpty || said.first?.contains(secret) == false)
        }
    }

    @Test func `a password in a database's URL is not quoted`() {
        for url in ["postgres:u:password@host/db", "postgres://u:password@host/d b", "postgresql//password"] {
            let said = complaints { try environment("BOARDCAST_DATABASE_URL", url) }
            #expect(said.first?.contains("is no URL of a PostgreSQL") == true)
            #expect(said.first?.contains("password") == false)
        }
    }

    @Test func `a password in a database's URL is not shown with the settings`() throws {
        for text in [
            "postgres://u:password@host:5432/db", "postgresql://u@host/db?password=password", "postgres:///db",
        ] {
            let settings = try environment("BOARDCAST_DATABASE_URL", text)
            guard case .postgres(let url) = settings.database.url else { throw Unfit("is another database") }
            #expect(url.text == text)
            #expect(!"\(settings)".contains("password=") && !"\(settings.database.url)".contains("password"))
            #expect(!String(reflecting: url).contains("password"))
        }
    }

    @Test(arguments: [
        ("BOARDCAST_SSE_HEARTBEET_SECONDS", "BOARDCAST_SSE_HEARTBEAT_SECONDS"),
        ("BOARDCAST_EVENTS_RETAIN_COUNTS", "BOARDCAST_EVENTS_RETAIN_COUNT"), ("BOARDCAST_PORT", "BOARDCAST_HTTP_PORT"),
        ("BOARDCAST_SERVER_PORT", "BOARDCAST_HTTP_PORT"), ("BOARDCAST_HTTPS_PORT", "BOARDCAST_HTTP_PORT"),
        ("BOARDCAST_MAX_BODY_BYTES", "BOARDCAST_HTTP_MAX_BODY_BYTES"),
        ("BOARDCAST_SECRET", "BOARDCAST_AUTH_SECRET"), ("BOARDCAST_HTTP_MAXBODYBYTES", "BOARDCAST_HTTP_MAX_BODY_BYTES"),
        ("BOARDCAST_LIMITS_WRITE_PER_SECOND", "BOARDCAST_LIMITS_WRITES_PER_SECOND"),
    ])
    func `an unknown variable is named with the nearest one`(name: String, nearest: String) {
        let said = complaints { try environment(name, "1") }
        #expect(said == ["\(name) (environment) is not a setting; the nearest one is \(nearest)"])
    }

    @Test(arguments: [
        ("sse: {heartbeatSecond: 5}", "sse.heartbeatSecond", "sse.heartbeatSeconds"),
        ("port: 5", "port", "http.port"), ("http: {prot: 5}", "http.prot", "http.port"),
        ("http: {cors: {origins: []}}", "http.cors.origins", "http.corsOrigins"),
        ("http.max-body-bytes: 5", "http.max-body-bytes", "http.maxBodyBytes"),
        ("logging: {level: info}", "logging.level", "log.level"), ("htpt: {port: 1}", "htpt.port", "http.port"),
        ("https: {host: a}", "https.host", "http.host"),
    ])
    func `an unknown key in the file is named with its line and the nearest one`(
        text: String, name: String, nearest: String
    ) {
        let said = complaints { try yaml("# a comment\n\(text)\n") }
        #expect(said == ["\(name) (boardcast.yaml, line 2) is not a setting; the nearest one is \(nearest)"])
    }

    @Test(arguments: ["lmits:", "lmits: {}", "lmits: ~"])
    func `an unknown section is named, also when there is nothing in it`(text: String) {
        let said = complaints { try yaml("# a comment\n\(text)\n") }
        #expect(said.count == 1 && said[0].hasPrefix("lmits (boardcast.yaml, line 2) is not a setting"))
    }

    @Test func `a file in the secrets directory that is no key's is named`() throws {
        let folder = try TemporaryFolder()
        let secrets = try folder.directory("secrets")
        try folder.write("secrets/auth-secret", "x")
        try folder.write("secrets/.hidden", "x")
        let said = complaints { try Settings.load(from: SettingsSources(environment: [:], secretsDirectory: secrets)) }
        #expect(said == ["auth-secret (secrets directory) is not a setting; the nearest one is auth.secret"])
    }

    @Test func `what Kubernetes says of a service of our name is no setting`() throws {
        let environment = [
            "BOARDCAST_SERVICE_HOST": "10.0.0.1", "BOARDCAST_SERVICE_PORT": "8788",
            "BOARDCAST_SERVICE_PORT_HTTP": "8788",
            "BOARDCAST_PORT": "tcp://10.0.0.1:8788", "BOARDCAST_PORT_8788_TCP": "tcp://10.0.0.1:8788",
            "BOARDCAST_PORT_8788_TCP_ADDR": "10.0.0.1", "BOARDCAST_BIN": "x", "BOARDCAST_URL": "x",
        ]
        #expect(try Settings.load(from: SettingsSources(environment: environment)) == Settings())
    }

    @Test(arguments: ["HTTP", "WEB", "CANARY", "HEADLESS_JOBS", "LOG", "AUTH", "2"])
    func `nor is what it says of a service whose name begins with ours`(service: String) throws {
        let name = "BOARDCAST_\(service)"
        for (address, url) in [("10.0.0.1", "tcp://10.0.0.1:80"), ("fd00::1", "tcp://[fd00::1]:80")] {
            var environment = [
                "SERVICE_HOST": address, "SERVICE_PORT": "80", "SERVICE_PORT_METRICS_HTTP": "9090", "PORT": url,
            ]
            for (number, kind) in [("80", "TCP"), ("53", "UDP"), ("9", "SCTP")] {
                environment["PORT_\(number)_\(kind)"] = url
                environment["PORT_\(number)_\(kind)_PROTO"] = kind.lowercased()
                environment["PORT_\(number)_\(kind)_PORT"] = number
                environment["PORT_\(number)_\(kind)_ADDR"] = address
            }
            let named = Dictionary(uniqueKeysWithValues: environment.map { ("\(name)_\($0)", $1) })
            #expect(try Settings.load(from: SettingsSources(environment: named)) == Settings())
        }
    }

    @Test(arguments: [
        ("BOARDCAST_HTTP_SERVICE_HOST", "boards.example.com"), ("BOARDCAST_HTTP_SERVICE_PORT", "http"),
        ("BOARDCAST_HTTP_SERVICE_PORT", "0"), ("BOARDCAST_HTTPS_PORT", "8788"), ("BOARDCAST_WEB_PORT", "http://a:80"),
        ("BOARDCAST_WEB_PORT", "tcp://boards:80"), ("BOARDCAST_WEB_PORT_TCP", "tcp://10.0.0.1:80"),
        ("BOARDCAST_WEB_PORT_80_TCP_ADDR", "boards"), ("BOARDCAST_WEB_PORT_80_TCP_PROTO", "http"),
        ("BOARDCAST_WEB_PORT_80_TCP_HOST", "10.0.0.1"), ("BOARDCAST_HTTP_HSOT", "10.0.0.1"),
        ("BOARDCAST_SERVICE_HOSTS", "10.0.0.1"), ("BOARDCAST_WEB_PORT_80_TCP", ""),
    ])
    func `a misspelt setting does not pass for one of a service`(name: String, text: String) {
        #expect(complaints { try environment(name, text) }.count == 1)
    }

    @Test func `a port that is a number is the setting, beside a service's variables`() throws {
        let environment = ["BOARDCAST_HTTP_SERVICE_HOST": "10.0.0.1", "BOARDCAST_HTTP_PORT": "9000"]
        #expect(try Settings.load(from: SettingsSources(environment: environment)).http.port == 9000)
    }
}
