public import Boards
public import Events
public import Rooms
import StrictJSON

/// The store, as the fan-out sees it.
public struct StoreHistory: TenantHistory {
    private let store: any BoardStore

    public init(_ store: any BoardStore) { self.store = store }

    public var epoch: Epoch { store.epoch }

    public func boardIDs(of tenant: TenantID) async throws -> Set<BoardID> {
        try await store.boardIDs(of: tenant)
    }

    public func bounds(of tenant: TenantID) async throws -> LogBounds { try await store.bounds(of: tenant) }

    public func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async throws -> LogPage {
        try await store.page(of: tenant, after: seq, selection: selection, count: count, bytes: bytes)
    }

    public func newest(of tenant: TenantID, selection: Selection, count: Int) async throws -> LogPage {
        try await store.newest(of: tenant, selection: selection, count: count)
    }

    public func tail(of tenant: TenantID, count: Int, bytes: Int) async throws -> LogPage {
        try await store.tail(of: tenant, count: count, bytes: bytes)
    }
}

extension BoardStore {
    /// Every board of the tenant, whoever may see it.
    func boardIDs(of tenant: TenantID) async throws -> Set<BoardID> {
        guard let anyone = UserID("-") else { return [.main] }
        return Set(try await boards(for: Principal(tenant: tenant, user: anyone)).map(\.id))
    }

    /// `init`, the state that a stream with `snapshot=1` begins with, and the number it is true at.
    func initEvent(of tenant: TenantID, boards: Selection.Boards, now: Int) async throws -> StreamRequest.Snapshot {
        guard let anyone = UserID("-") else { throw Problem.notFound }
        let snapshot = try await snapshot(of: .all, for: Principal(tenant: tenant, user: anyone, boards: boards))
        var json = JSONWriter(reserving: 512 + snapshot.tasks.count * 400)
        json.object { json in
            json.name("type"); json.string("init")
            json.name("boards")
            json.array(snapshot.boards) { json, board in
                json.object {
                    $0.name("id"); $0.string(board.id.rawValue)
                    $0.name("name"); $0.string(board.name)
                    $0.name("statuses"); $0.array(board.statuses) { $0.string($1) }
                }
            }
            json.name("tasks"); json.array(snapshot.tasks) { $1.write(into: &$0) }
            json.name("count"); json.int(snapshot.tasks.count)
            json.name("cursor"); json.string(snapshot.cursor.description)
            json.name("timestamp"); json.string(Timestamp(milliseconds: now).description)
        }
        return StreamRequest.Snapshot(json: json.bytes, seq: snapshot.cursor.seq)
    }
}
