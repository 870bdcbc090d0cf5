import Events
import HTTPTypes
import NIOCore
import NIOHTTP1
import Rooms
import Testing

@testable import Gateway

/// The same for the streams and the WebSocket of the list, which are answered before the router.
@Suite struct EveryStreamTests {
    private static let names = EveryCall.list.all.filter { !$0.isRouted }.map(\.name)

    /// What is asked for, as far as it gets.
    private func ask(_ name: String, _ world: EveryCall.World, as token: String?, query: String = "") async throws {
        let path = try #require(EveryCall.streams[name]).path + query
        let head = TestGateway.head(path, token: token)
        let streams = world.gateway.streams
        guard streams.sockets.takes(head) else {
            _ = try await world.gateway.streamRequest(head)
            return
        }
        let query = try streams.sockets.query(of: head)
        let fields = CredentialFields(head)
        let place = streams.place(of: fields, peer: nil)
        let principal = try streams.authenticate(fields, query, at: place, waitingOn: nil)
        _ = try streams.sockets.request(
            query, by: principal, head: ByteBuffer(),
            known: try await world.gateway.store.boardIDs(of: principal.tenant))
    }

    private func refusal(
        _ name: String, _ world: EveryCall.World, as token: String?, query: String = ""
    ) async throws -> Problem? {
        do { try await ask(name, world, as: token, query: query) } catch let problem as Problem { return problem }
        return nil
    }

    private func separator(_ name: String) -> String { EveryCall.streams[name]?.path.contains("?") == true ? "&" : "?" }

    @Test(arguments: names)
    func `every role may read`(name: String) async throws {
        let world = try await EveryCall.World()
        for role in ["viewer", nil, "member", "service", "admin"] {
            #expect(try await refusal(name, world, as: try TestGateway.token(role)) == nil)
        }
    }

    @Test(arguments: names)
    func `without a valid token there is nothing`(name: String) async throws {
        let world = try await EveryCall.World()
        for token in [nil, "x", try TestGateway.token(expires: TestGateway.second - 31)] {
            #expect(try await refusal(name, world, as: token)?.status == .unauthorized)
        }
    }

    @Test(arguments: names)
    func `another tenant's boards and jobs are not there`(name: String) async throws {
        let world = try await EveryCall.World()
        let stranger = try TestGateway.token("admin", tenant: "other")
        let missing = try #require(EveryCall.streams[name]).missing
        #expect(try await refusal(name, world, as: stranger)?.status.code == missing)
    }

    @Test(arguments: names)
    func `a query name that is not known is 400, and the described ones are known`(name: String) async throws {
        let world = try await EveryCall.World()
        let token = try TestGateway.token()
        let odd = try await refusal(name, world, as: token, query: separator(name) + "nothing=1")
        #expect(odd?.status == .badRequest)
        let call = try #require(EveryCall.list.all.first { $0.name == name })
        for parameter in call.query ?? [] where parameter.name != "board" {
            let problem = try await refusal(name, world, as: token, query: separator(name) + "\(parameter.name)=")
            #expect(problem?.errors.first?.detail.hasPrefix("unknown") != true, "\(parameter.name)")
        }
    }
}
