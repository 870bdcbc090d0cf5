import Events
import HTTPTypes
import StrictJSON
import Synchronization
import Testing

@testable import Gateway

/// Where people sign in, the policy of the pages that lead there, and the links of `serve --dev`.
@Suite struct SignInCallsTests {
    private static let page = Asset(path: "/", mediaType: "text/html", bytes: [])
    private static let frame = Asset(path: "/signed-in", mediaType: "text/html", bytes: [], isFramed: true)

    private static func settings() throws -> GatewaySettings {
        var settings = GatewaySettings()
        settings.signIn = PerTenant(
            SignIn(issuer: "https://id.example/realms/main", clientID: "page", scopes: ["groups"], audience: nil),
            own: [
                TenantID("acme")!: SignIn(
                    issuer: "https://ACME.example:443/", clientID: "theirs", scopes: ["openid"], audience: "api"),
                TenantID("closed")!: nil,
            ])
        return settings
    }

    @Test func `it says where people sign in, and a tenant's people at their own`() async throws {
        let gateway = try TestGateway(Self.settings())
        let general = try await gateway.call(.get, "/api/sign-in", as: nil)
        #expect(general.status == 200 && general.headers[.cacheControl] == "no-store")
        #expect(general["issuer"]?.string == "https://id.example/realms/main" && general["clientId"]?.string == "page")
        #expect(general["scope"]?.string == "openid groups" && general["audience"] == nil)
        let own = try await gateway.call(.get, "/api/sign-in?tenant=acme", as: nil)
        #expect(own["clientId"]?.string == "theirs" && own["scope"]?.string == "openid")
        #expect(own["audience"]?.string == "api")
        for tenant in ["other", "%00", ""] {
            let answer = try await gateway.call(.get, "/api/sign-in?tenant=\(tenant)", as: nil)
            #expect(answer["clientId"]?.string == "page")
        }
        let closed = try await gateway.call(.get, "/api/sign-in?tenant=closed", as: nil)
        #expect(closed.status == 200 && closed.bytes == Array("{}".utf8))
        #expect(try await TestGateway().call(.get, "/api/sign-in", as: nil).bytes == Array("{}".utf8))
    }

    @Test func `the policy of a page lets it ask the issuer's origin, and nobody else`() async throws {
        func policy(_ gateway: TestGateway, _ path: String) async throws -> [String] {
            let answer = try await gateway.call(.get, path, as: nil)
            return answer.headers[.contentSecurityPolicy]?.split(separator: ";").map { String($0.drop { $0 == " " }) }
                ?? []
        }
        let assets = [Self.page, Self.frame]
        let without = try await policy(TestGateway(assets: assets), "/")
        #expect(without.contains("connect-src 'self'") && !without.contains { $0.hasPrefix("frame-src") })
        #expect(without.contains("default-src 'none'") && without.contains("frame-ancestors 'none'"))
        let gateway = try TestGateway(Self.settings(), assets: assets)
        let general = try await policy(gateway, "/?nothing=1")
        #expect(general.contains("connect-src 'self' https://id.example"))
        #expect(general.contains("frame-src 'self' https://id.example"))
        #expect(general.contains("form-action 'none'") && general.contains("frame-ancestors 'none'"))
        // As browsers have an origin.
        #expect(try await policy(gateway, "/?tenant=acme").contains("connect-src 'self' https://acme.example"))
        #expect(try await policy(gateway, "/?tenant=closed").contains("connect-src 'self'"))
        #expect(try await policy(gateway, "/signed-in").contains("frame-ancestors 'self'"))
    }

    @Test func `a reload changes where people sign in`() async throws {
        let live = LiveSettings(GatewaySettings())
        #expect(SignInCalls.signIn(of: nil, by: live) == nil)
        live.use(try Self.settings())
        #expect(SignInCalls.signIn(of: nil, by: live)?.clientID == "page")
    }

    @Test func `a link works once, and the next one is told`() async throws {
        let told = Mutex<[String]>([])
        var settings = GatewaySettings()
        let links = OneTimeLinks(token: "the token") { code in told.withLock { $0.append(code) } }
        settings.links = links
        let gateway = try TestGateway(settings)
        let first = links.code
        #expect(first.utf8.count == 10)
        for code in ["", "x", String(first.dropLast())] {
            let answer = try await gateway.call(.post, "/api/link?code=\(code)", as: nil)
            #expect(answer.status == 404 && answer.code == "link_used")
        }
        let answer = try await gateway.call(.post, "/api/link?code=\(first)", as: nil)
        #expect(answer.status == 200 && answer["token"]?.string == "the token")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(told.withLock { $0 } == [links.code] && links.code != first)
        #expect(try await gateway.call(.post, "/api/link?code=\(first)", as: nil).status == 404)
        #expect(try await gateway.call(.post, "/api/link?code=\(links.code)", as: nil).status == 200)
    }

    @Test func `without --dev there are no links`() async throws {
        #expect(try await TestGateway().call(.post, "/api/link?code=x", as: nil).status == 404)
        #expect(try TestGateway().calls.all.allSatisfy { $0.name != "session.link" })
    }
}
