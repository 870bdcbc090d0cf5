import Events
import NIOCore
import Rooms
import TestSupport
import Testing

/// A live stream whose bytes are kept. Touched on its loop alone.
final class TestConnection: Sink, @unchecked Sendable {
    private var received = ByteBuffer()
    private(set) var reader: Reader?
    private let loop: any EventLoop
    private let hub: LoopHub
    var queuedBytes: Int { 0 }
    var silence: Duration? { nil }

    private init(_ hub: LoopHub) {
        self.hub = hub
        loop = hub.loop
    }

    /// Opens a stream and waits until its first event is there.
    static func open(
        on gateway: TestGateway, tenant: String = "acme", user: String, boards: Selection.Boards = .all,
        allowed: Selection.Boards = .all, tokenID: String? = nil, issuedAt: Timestamp? = nil
    ) async throws -> TestConnection {
        let request = StreamRequest(
            principal: Principal(
                tenant: TenantID(tenant)!, user: UserID(user)!, boards: allowed, issuedAt: issuedAt, tokenID: tokenID),
            selection: Selection(boards: boards, user: UserID(user)!), cursor: nil, head: ByteBuffer(), snapshotURL: "")
        let connection = try await open(request, on: gateway)
        _ = try await connection.text(until: "connection.established")
        return connection
    }

    /// Opens any stream.
    static func open(_ request: StreamRequest, on gateway: TestGateway) async throws -> TestConnection {
        let connection = TestConnection(gateway.hub)
        try await connection.loop.submit {
            connection.hub.open(request, on: connection) { connection.reader = try? $0.get() }
        }.get()
        return connection
    }

    /// Whatever has come so far.
    var text: String { get async throws { try await loop.submit { String(buffer: self.received) }.get() } }

    /// What has come, once `word` is in it.
    func text(until word: String) async throws -> String {
        if try await comesTrue({ try await self.text.contains(word) }) { return try await text }
        Issue.record("\(word) never came")
        return ""
    }

    var id: String { get async throws { try await loop.submit { self.reader?.id.description ?? "" }.get() } }

    func close() async throws {
        try await loop.submit { self.reader.map { $0.drop() } }.get()
    }

    func send(_ bytes: ByteBuffer) -> Int? {
        received.writeImmutableBuffer(bytes)
        return bytes.readableBytes
    }

    func queue(_ bytes: ByteBuffer, drained: @escaping () -> Void) { preconditionFailure("there is always room") }
    func finish(_ bytes: ByteBuffer) { received.writeImmutableBuffer(bytes) }
    func abort() {}
}
