import TestSupport
import Testing
import Text
import Tokens

@testable import ServerSettings

@Suite struct SettingsTests {
    @Test func `without any source everything has its default`() throws {
        #expect(
            try Settings.load(from: SettingsSources(environment: ["PATH": "/bin", "BOARDCAST_TOKEN": "x"]))
                == Settings())
    }

    @Test func `every key has a name of its own, also in the environment`() {
        #expect(Set(SettingKey.all.map(\.name)).count == SettingKey.all.count)
        #expect(Set(SettingKey.all.map(\.environmentName)).count == SettingKey.all.count)
    }

    @Test(arguments: [
        ("limits.writesPerSecond", "BOARDCAST_LIMITS_WRITES_PER_SECOND"), ("auth.jwksURL", "BOARDCAST_AUTH_JWKS_URL"),
        ("http.corsOrigins", "BOARDCAST_HTTP_CORS_ORIGINS"), ("database.url", "BOARDCAST_DATABASE_URL"),
    ])
    func `an environment name is the key's in capitals`(key: String, name: String) {
        #expect(SettingKey.named(key)?.environmentName == name)
    }

    @Test func `flags win over the environment, it over secrets, those over the file`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "boardcast.yaml", "sse: {heartbeatSeconds: 1, stallSeconds: 1, retryMilliseconds: 1}\nhttp.port: 1\n")
        let secrets = try folder.directory("secrets")
        for key in ["sse.heartbeatSeconds", "sse.stallSeconds", "http.port"] {
            try folder.write("secrets/\(key)", "2\n")
        }
        let settings = try Settings.load(
            from: SettingsSources(
                environment: [
                    "BOARDCAST_SSE_HEARTBEAT_SECONDS": "3", "BOARDCAST_HTTP_PORT": "3",
                    "BOARDCAST_SECRETS_DIRECTORY": secrets,
                ],
                flags: [.init("--port", sets: "http.port", to: "4")], file: file))
        #expect(settings.sse.retry == .milliseconds(1))
        #expect(settings.sse.stall == .seconds(2))
        #expect(settings.sse.heartbeat == .seconds(3))
        #expect(settings.http.port == 4)
    }

    @Test func `the secrets directory of the flag wins over that of the environment`() throws {
        let folder = try TemporaryFolder()
        let (flag, variable) = (try folder.directory("flag"), try folder.directory("variable"))
        try folder.write("flag/http.port", "1")
        try folder.write("variable/http.port", "2")
        let environment = ["BOARDCAST_SECRETS_DIRECTORY": variable]
        #expect(try Settings.load(from: SettingsSources(environment: environment)).http.port == 2)
        let both = SettingsSources(environment: environment, secretsDirectory: flag)
        #expect(try Settings.load(from: both).http.port == 1)
    }

    @Test func `the secrets directory may hold links, as Kubernetes makes them`() throws {
        let folder = try TemporaryFolder()
        let secrets = try folder.directory("secrets/..data")
        try folder.write("secrets/..data/http.port", "5\r\n")
        try folder.link("secrets/http.port", to: "..data/http.port")
        let sources = SettingsSources(environment: [:], secretsDirectory: "\(secrets)/..")
        #expect(try Settings.load(from: sources).http.port == 5)
    }

    @Test func `a list has commas between in the environment, and is a list in YAML`() throws {
        let (a, b) = ("https://a.example", "http://b.example:8080")
        #expect(try environment("BOARDCAST_HTTP_CORS_ORIGINS", "\(a), \(b)").http.corsOrigins == [a, b])
        #expect(try yaml("http:\n  corsOrigins:\n    - \(a)\n    - \(b)\n").http.corsOrigins == [a, b])
        #expect(try yaml("http:\n  corsOrigins: \(a)\n").http.corsOrigins == [a])
        #expect(try environment("BOARDCAST_HTTP_CORS_ORIGINS", "").http.corsOrigins == [])
        #expect(try environment("BOARDCAST_AUTH_ALGORITHMS", "ES256,EdDSA").auth.algorithms == [.es256, .edDSA])
    }

    @Test(arguments: [
        "capacitor://localhost", "tauri://localhost", "app://obsidian.md", "vscode-webview://1a2b", "dev+app://x:5173",
        "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb", "null", "file://",
    ])
    func `an application's origin is one, and that of pages without one if it is named`(origin: String) throws {
        #expect(try environment("BOARDCAST_HTTP_CORS_ORIGINS", origin).http.corsOrigins == [origin])
    }

    @Test func `the public URL may have a path, and the PROXY protocol needs a proxy`() throws {
        let url = try environment("BOARDCAST_HTTP_PUBLIC_URL", "https://a.example:8443/team/boards/").http.publicURL
        #expect(url?.description == "https://a.example:8443/team/boards")
        #expect(try yaml("http: {proxyProtocol: true, trustedProxies: [10.0.0.1]}").http.proxyProtocol)
        let error = #expect(throws: InvalidSettings.self) { try yaml("http: {proxyProtocol: true}") }
        #expect(error?.problems == [.proxyProtocolOfNobody])
    }

    @Test func `a certificate and its key belong together`() throws {
        let both = try yaml("http: {tlsCertificateFile: a.pem, tlsKeyFile: b.pem}").http
        #expect(both.isSecure && both.tlsCertificateFile == "a.pem" && both.tlsKeyFile == "b.pem")
        for half in ["tlsCertificateFile", "tlsKeyFile"] {
            let error = #expect(throws: InvalidSettings.self) { try yaml("http: {\(half): a.pem}") }
            #expect(error?.problems == [.halfACertificate])
        }
    }

    @Test func `operators have a listener where a port is given, and not at the other's place`() throws {
        #expect(try yaml("ops: {port: 9000}").operatorsAddress ?? ("", 0) == ("127.0.0.1", 9000))
        #expect(try yaml("ops: {host: \"[::1]\", port: 8788}").operatorsAddress ?? ("", 0) == ("::1", 8788))
        #expect(try yaml("http: {port: 80}").operatorsAddress == nil)
        let alone = #expect(throws: InvalidSettings.self) { try yaml("ops: {host: 10.0.0.1}") }
        #expect(alone?.problems == [.operatorsWithoutPort])
        for host in ["127.0.0.1", "0.0.0.0", "\"::\""] {
            let both = #expect(throws: InvalidSettings.self) { try yaml("ops: {host: \(host), port: 8788}") }
            #expect(both?.problems == [.oneAddressForBoth(port: 8788)])
        }
        #expect(try yaml("http: {host: \"unix:/run/x\"}\nops: {port: 8788}").ops.port == 8788)
    }

    @Test func `a line end after a value in the environment is not part of it`() throws {
        let secret = String(repeating: "s", count: 32)
        for end in ["", "\n", "\r\n"] {
            #expect(try environment("BOARDCAST_AUTH_SECRET", secret + end).auth.secret == Secret(Array(secret.utf8)))
            #expect(try environment("BOARDCAST_HTTP_PORT", "80" + end).http.port == 80)
            #expect(try environment("BOARDCAST_AUTH_ISSUER", end).auth.issuer == nil)
        }
        // One, as in a file.
        #expect(try environment("BOARDCAST_AUTH_ISSUER", "i\n\n").auth.issuer == "i\n")
    }

    @Test(arguments: [
        ("INFO", "info"), ("Info", "info"), ("warn", "warning"), ("WARN", "warning"), ("WARNING", "warning"),
        ("err", "error"), ("FATAL", "critical"), ("crit", "critical"), ("debug", "debug"), ("TRACE", "trace"),
    ])
    func `a level of the log may have any case, and the names of other programs`(text: String, name: String) throws {
        #expect(try "\(environment("BOARDCAST_LOG_LEVEL", text).log.level)" == name)
    }

    @Test func `a host may be an address in brackets, or a socket`() throws {
        #expect(try environment("BOARDCAST_HTTP_HOST", "[::1]").http.host == "::1")
        #expect(try environment("BOARDCAST_HTTP_HOST", "[::]").http.host == "::")
        let http = try environment("BOARDCAST_HTTP_HOST", "unix:/run/boardcast/a b.sock").http
        #expect(http.socketPath == "/run/boardcast/a b.sock" && http.socketMode == 0o660)
        #expect(try environment("BOARDCAST_HTTP_HOST", "unix").http.socketPath == nil)
        #expect(try environment("BOARDCAST_HTTP_SOCKET_MODE", "600").http.socketMode == 0o600)
    }

    @Test func `all that is wrong is reported at once`() throws {
        let error = try #require(throws: InvalidSettings.self) {
            try Settings.load(
                from: SettingsSources(environment: ["BOARDCAST_HTTP_PORT": "x", "BOARDCAST_HTTP_PROT": "1"]))
        }
        #expect(error.problems.count == 2)
    }

    @Test func `the database is a file or memory`() throws {
        #expect(
            try environment("BOARDCAST_DATABASE_URL", "sqlite:/var/x.db").database.url == .sqlite(path: "/var/x.db"))
        #expect(
            try environment("BOARDCAST_DATABASE_URL", "sqlite:///var/x.db").database.url == .sqlite(path: "/var/x.db"))
        #expect(try environment("BOARDCAST_DATABASE_URL", "sqlite::memory:").database.url == .sqliteInMemory)
    }

    @Test func `the development mode is for this machine alone`() throws {
        var settings = Settings()
        for host in ["127.0.0.1", "127.8.8.8", "::1", "localhost"] {
            settings.http.host = host
            #expect(throws: Never.self) { try settings.requireLoopback() }
        }
        for host in [
            "0.0.0.0", "::", "192.0.2.1", "127.0.0.1.example.com", "localhost.example.com", "::ffff:127.0.0.1",
        ] {
            settings.http.host = host
            #expect(throws: InvalidSettings.self) { try settings.requireLoopback() }
        }
    }

    @Test func `a secret is not shown by whatever prints the settings`() throws {
        let secret = "correct horse battery staple, correct horse"
        let settings = try environment("BOARDCAST_AUTH_SECRET", secret)
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(settings.auth.secret?.bytes == Array(secret.utf8))
        #expect(!"\(settings)".contains("horse") && !String(reflecting: settings).contains("horse"))
        #expect(!dumped.contains("horse"))
        #expect(!dumped.contains("\(Array(secret.utf8)[0])\n"))
    }
}
