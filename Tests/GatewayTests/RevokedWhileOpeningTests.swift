import Boards
import Contracts
import Events
import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import Rooms
import StreamLoops
import StrictJSON
import Testing
import Tokens

@testable import Gateway

/// A token that is revoked after it was verified and before its reader is in the rooms: the revocation has not seen it.
@Suite struct RevokedWhileOpeningTests {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let relay = Relay(limits: RoomLimits(), clock: { TestGateway.now })
    private let store: MemoryBoardStore
    private let authenticator: Authenticator

    init() throws {
        store = MemoryBoardStore(now: { TestGateway.now }, announce: { [relay] in relay.announce($0) })
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(secret: TestGateway.secret)]))
        authenticator = Authenticator(verifier: verifier) { TestGateway.now }
    }

    /// - Parameter meanwhile: what happens while the tenant is loaded, once ann's tokens are revoked.
    private func test(
        onStreamLoop isOnStreamLoop: Bool = false, meanwhile: @escaping @Sendable () async throws -> Void = {},
        _ body: @escaping @Sendable (LiveGateway, _ token: String) async throws -> Void
    ) async throws {
        let history = HookedHistory(history: store) { [authenticator] in
            try authenticator.revoke(.subject(UserID("ann")!), at: TestGateway.now, in: TenantID("acme")!)
            try await meanwhile()
        }
        let streamLoops = isOnStreamLoop ? [try StreamLoop(name: "test")] : []
        relay.start(history: history, on: Array(group.makeIterator()) + streamLoops)
        let admin = MemoryAdminStore()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let jobs = JobKeeper(store: store, patience: .seconds(300), uptime: Uptime.now)
        let gateway = Gateway(
            authenticator: authenticator, jobs: jobs, admin: admin,
            audit: AuditLog(store: admin, logger: logger) { TestGateway.now }, relay: relay,
            presence: PresenceHub(for: relay, on: group.next()), assets: [], settings: GatewaySettings())
        let token = try TestGateway.token()
        try await LiveGateway.run(gateway, on: group, streaming: streamLoops, logger: logger) { [relay, group] client in
            try await body(client, token)
            // After whatever the loop is still doing.
            for loop in Array(group.makeIterator()) + streamLoops { try await loop.submit {}.get() }
            #expect(relay.connections == 0)
        }
        for loop in streamLoops { try await loop.shutdownGracefully() }
    }

    @Test(.timeLimit(.minutes(10)), arguments: [false, true])
    func `a stream is ended at once`(isOnStreamLoop: Bool) async throws {
        try await test(onStreamLoop: isOnStreamLoop) { client, token in
            let answer = try await client.call(.get, "/sse/connect", as: token)
            let text = String(decoding: answer.bytes, as: UTF8.self)
            #expect(answer.status == 200)
            #expect(text.contains(#""type":"stream.closing","reason":"revoked","reconnect":false"#))
            #expect(!text.contains("connection.established"))
        }
    }

    @Test(.timeLimit(.minutes(10))) func `a long poll is answered at once, without the events that come later`()
        async throws
    {
        let store = store
        let bob = Principal(tenant: TenantID("acme")!, user: UserID("bob")!)
        let cursor = try await store.bounds(of: bob.tenant).cursor
        // The next event, which a poll that still waited would be answered with.
        let write: @Sendable () async throws -> Void = {
            _ = try await store.write(
                .createTask(try TaskDraft(try #require(JSONParser.parse(Array(#"{"name":"secret"}"#.utf8)).object))),
                by: bob, once: nil)
        }
        try await test(meanwhile: write) { client, token in
            let answer = try await client.call(.get, "/api/events?since=\(cursor)&wait=30", as: token)
            let text = String(decoding: answer.bytes, as: UTF8.self)
            #expect(answer.status == 200)
            #expect(text.contains(#""events":[],"cursor":"\#(cursor)""#))
            #expect(!text.contains("secret"))
        }
    }
}

/// A history that does something before a tenant is loaded from it.
private struct HookedHistory: TenantHistory {
    let history: any TenantHistory
    let hook: @Sendable () async throws -> Void

    var epoch: Epoch { history.epoch }
    func bounds(of tenant: TenantID) async throws(StoreFailure) -> LogBounds { try await history.bounds(of: tenant) }

    func boardIDs(of tenant: TenantID) async throws(StoreFailure) -> Set<BoardID> {
        do { try await hook() } catch { throw .broken("the hook failed: \(error)") }
        return try await history.boardIDs(of: tenant)
    }

    func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async throws(StoreFailure) -> LogPage {
        try await history.page(of: tenant, after: seq, selection: selection, count: count, bytes: bytes)
    }

    func newest(of tenant: TenantID, selection: Selection, count: Int) async throws(StoreFailure) -> LogPage {
        try await history.newest(of: tenant, selection: selection, count: count)
    }

    func tail(of tenant: TenantID, count: Int, bytes: Int) async throws(StoreFailure) -> LogPage {
        try await history.tail(of: tenant, count: count, bytes: bytes)
    }
}
