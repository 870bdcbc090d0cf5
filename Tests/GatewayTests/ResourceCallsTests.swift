import HTTPTypes
import StrictJSON
import Testing
import Text

@testable import Gateway

/// What the gateway says of itself to a client that looks for a token (RFC 9728).
@Suite struct ResourceCallsTests {
    private static let path = "/.well-known/oauth-protected-resource"

    private func settings(_ url: String) -> GatewaySettings {
        var settings = GatewaySettings()
        settings.publicURL = ServerURL(url)
        settings.authorizationServers = ["https://issuer.example/acme"]
        return settings
    }

    @Test func `the resource is the public URL, with the issuers of its tokens`() async throws {
        let gateway = try TestGateway(settings("https://boards.example/kanban"))
        let answer = try await gateway.call(.get, Self.path, as: nil)
        #expect(answer.status == 200)
        #expect(answer["resource"] == .string("https://boards.example/kanban"))
        #expect(answer["authorization_servers"] == .array([.string("https://issuer.example/acme")]))
        #expect(answer["bearer_methods_supported"] == .array([.string("header")]))
        #expect(answer["resource_documentation"] == .string("https://boards.example/kanban/docs"))
    }

    @Test func `without issuers that are URLs none is named`() async throws {
        var settings = settings("http://127.0.0.1:8788")
        settings.authorizationServers = []
        let answer = try await TestGateway(settings).call(.get, Self.path, as: nil)
        #expect(answer["resource"] == .string("http://127.0.0.1:8788"))
        #expect(answer["authorization_servers"] == nil)
    }

    @Test func `a refused token is told where to find that`() async throws {
        let gateway = try TestGateway(settings("https://boards.example/kanban"))
        let field = ", resource_metadata=\"https://boards.example/kanban\(Self.path)\""
        for token in [nil, "x"] {
            let answer = try await gateway.call(.get, "/api/tasks", as: token)
            #expect(answer.status == 401)
            let challenge = try #require(answer.headers[.wwwAuthenticate])
            #expect(challenge.hasPrefix("Bearer error=\"invalid_token\"") && challenge.hasSuffix(field))
        }
        #expect(try await gateway.call(.get, "/api/tasks").headers[.wwwAuthenticate] == nil)
    }

    @Test func `a URL that could not stand in quotes is not named`() {
        func url(_ host: String) -> String? {
            let fields = CredentialFields(
                isReading: true, authorization: [], cookie: [], host: [host], origin: [], fetchSite: [],
                forwarded: ForwardedFields())
            return RequestPlace(fields, peer: nil, by: .init()).url
        }
        #expect(url("boards.example") == "http://boards.example")
        #expect(url("[::1]:8788") == "http://[::1]:8788")
        #expect(url("a\"b") == nil)
        #expect(url("") == nil)
    }
}
