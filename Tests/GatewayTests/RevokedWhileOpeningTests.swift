import Boards
import Events
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import Rooms
import Synchronization
import Testing
import Tokens

@testable import Gateway

@Suite struct RevokedWhileOpeningTests {
    @Test(.timeLimit(.minutes(10)))
    func `a stream whose token is revoked after the check and before it is admitted is ended at once`()
        async throws
    {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let relay = Relay(limits: RoomLimits(), clock: { TestGateway.now })
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(secret: TestGateway.secret)]))
        let authenticator = Authenticator(verifier: verifier) { TestGateway.now }
        let revocation = Revocation(
            id: 1, target: .subject(UserID("ann")!), reason: nil, createdBy: UserID("root")!,
            createdAt: Timestamp(milliseconds: TestGateway.now))
        let store = MemoryBoardStore(now: { TestGateway.now }, announce: { relay.announce($0) })
        // The tenant is loaded between the two.
        let history = HookedHistory(history: StoreHistory(store)) {
            authenticator.revoke(revocation, in: TenantID("acme")!)
        }
        relay.start(history: history, on: group.makeIterator())
        let admin = MemoryAdminStore()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let gateway = Gateway(
            authenticator: authenticator, store: store,
            jobs: JobKeeper(store: store, patience: .seconds(300), uptime: { 0 }), admin: admin,
            audit: AuditLog(store: admin, logger: logger) { TestGateway.now }, relay: relay,
            presence: PresenceHub(for: relay, on: group.next()), assets: [], settings: GatewaySettings())
        let application = gateway.application(host: "127.0.0.1", port: 0, on: group, logger: logger) { _ in }
        let token = try TestGateway.token()
        try await application.test(.live) { client in
            let answer = try await client.executeRequest(
                uri: "/sse/connect", method: .get, headers: [.authorization: "Bearer \(token)"], body: nil)
            let text = String(buffer: answer.body)
            #expect(answer.status == .ok)
            #expect(text.contains(#""type":"stream.closing","reason":"revoked","reconnect":false"#))
            #expect(!text.contains("connection.established"))
            // Behind what the loop is still doing.
            #expect(try await group.next().submit { relay.connections }.get() == 0)
        }
    }
}

/// A history that does something before a tenant is loaded from it.
private struct HookedHistory: TenantHistory {
    let history: StoreHistory
    let hook: @Sendable () -> Void

    var epoch: Epoch { history.epoch }
    func bounds(of tenant: TenantID) async throws -> LogBounds { try await history.bounds(of: tenant) }

    func boardIDs(of tenant: TenantID) async throws -> Set<BoardID> {
        hook()
        return try await history.boardIDs(of: tenant)
    }

    func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async throws -> LogPage {
        try await history.page(of: tenant, after: seq, selection: selection, count: count, bytes: bytes)
    }

    func newest(of tenant: TenantID, selection: Selection, count: Int) async throws -> LogPage {
        try await history.newest(of: tenant, selection: selection, count: count)
    }

    func tail(of tenant: TenantID, count: Int, bytes: Int) async throws -> LogPage {
        try await history.tail(of: tenant, count: count, bytes: bytes)
    }
}
