import Foundation
import Testing

@testable import ServerSettings

/// `Config/boardcast.yaml`, which is the documentation.
@Suite struct DocumentedSettingsTests {
    private let text: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        text = try String(contentsOf: root.appending(path: "Config/boardcast.yaml"), encoding: .utf8)
    }

    @Test func `it sets every key that has a default to that default`() throws {
        #expect(try yaml(text) == Settings())
        let file = try SettingsFile(Array(text.utf8), path: "boardcast.yaml")
        let withoutDefault: Set = [
            "auth.secret", "auth.secretFile", "auth.publicKeyFile", "auth.jwksFile", "auth.jwksURL",
            "auth.insecureJWKSHosts", "auth.issuers", "auth.issuer", "auth.audience", "auth.algorithms", "auth.tenant",
            "auth.roles", "server.loops", "server.streamLoops", "tenants.directory", "http.publicURL",
            "limits.requestConnections", "ops.host", "ops.port", "http.tlsCertificateFile", "http.tlsKeyFile",
            "limits.bodiesBytes", "limits.answersBytes", "limits.queuesBytes", "limits.recentFramesBytes",
            "signIn.issuer", "signIn.clientID", "signIn.audience",
            "database.passwordFile", "database.listenURL", "cluster.nodeName",
            "tracing.otlpURL",
        ]
        #expect(
            Set(file.values.keys)
                == Set(SettingKey.all.map(\.name)).subtracting(withoutDefault))
    }

    @Test func `every other key is there as a comment, with a value that is allowed`() throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.replacing(/^  # ([a-zA-Z]+:)/, with: { "  " + $0.output.1 })
        }
        let file = try SettingsFile(Array(lines.joined(separator: "\n").utf8), path: "boardcast.yaml")
        #expect(file.problems == [])
        #expect(Set(file.values.keys) == Set(SettingKey.all.map(\.name)))
        var settings = Settings()
        for key in SettingKey.all where key.name != "auth.secret" {
            #expect(throws: Never.self, "\(key.name)") { try key.set(try #require(file.values[key.name]), &settings) }
        }
    }
}
