import Boards
import Events
import HTTPTypes
import Hummingbird
import NIOCore
import Rooms
import StrictJSON
import Tokens

/// `GET /api/events`: the log as JSON, for clients that poll. The same selection, order and cursors as a stream.
struct EventRoutes {
    let store: any BoardStore
    let admission: ReaderAdmission
    /// How much of the log one answer may read before it is sent, though it be short.
    private static let bytes = 4 << 20

    func add(to router: some RouterMethods<TenantContext>) {
        Resource("/api/events", (.get, events)).add(to: router)
    }

    @Sendable func events(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.read)
        let query = try Query(request.uri.query, allowing: ["since", "types", "limit", "wait"], repeatable: ["board"])
        let known = try await store.boardIDs(of: context.tenant)
        let ask = try StreamQuery(
            query, lastEventID: request.headers[.lastEventID], principal: context.principal, known: known)
        let bounds = try await store.bounds(of: context.tenant)
        let resumption = Resumption(cursor: ask.cursor, in: bounds)
        let limit = try query.int("limit", in: 1...1000, default: ask.cursor == nil ? 50 : 100)
        let wait = try query.int("wait", in: 0...30, default: 0)
        switch resumption {
        case .fresh:
            let page = try await store.newest(of: context.tenant, selection: ask.selection, count: limit)
            return reply(page.events, cursor: page.bounds.cursor, recovered: false)
        case .replay(let seq):
            var (events, end) = try await read(after: seq, limit: limit, ask.selection, context.tenant)
            if events.isEmpty, wait > 0 {
                let place = Cursor(seq: end, epoch: bounds.epoch)
                let hasNews = try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await isNews(after: place, for: ask, context, within: TimeAmount.seconds(Int64(wait)))
                }
                if hasNews {
                    (events, end) = try await read(after: end, limit: limit, ask.selection, context.tenant)
                }
                // Watching for the client's leaving has used up the connection's input; unsaid, a next request is lost.
                var last = reply(events, cursor: Cursor(seq: end, epoch: bounds.epoch), recovered: true)
                last.headers[.connection] = "close"
                return last
            }
            return reply(events, cursor: Cursor(seq: end, epoch: bounds.epoch), recovered: true)
        case .resync(let reason):
            return reply([], cursor: bounds.cursor, recovered: false, reason: reason, snapshot: ask.snapshotURL)
        }
    }

    /// Whether there is something after `cursor`, waiting for it if need be. False too when the right to read ended.
    ///
    /// - Throws: ``Problem`` 429 when the user, the tenant or the gateway has as many connections as it may.
    private func isNews(
        after cursor: Cursor, for ask: StreamQuery, _ context: TenantContext, within time: TimeAmount
    ) async throws -> Bool {
        let request = StreamRequest(
            principal: context.principal, selection: ask.asked, wire: .poll,
            cursor: cursor.description, head: ByteBuffer(), snapshotURL: ask.snapshotURL)
        do {
            if case .news = try await PollWait.run(request, admission: admission, upTo: time) { return true }
            return false
        } catch ReaderAdmission.Refusal.room(.full) {
            throw Problem(
                .tooManyRequests, "limit_reached", "As many connections are open as may be; poll without wait."
            )
            .with(.retryAfter, "1")
        } catch ReaderAdmission.Refusal.room(.draining) {
            return false
        } catch ReaderAdmission.Refusal.problem(let problem) {
            throw problem
        }
    }

    /// Pages until there are `limit` events, or no more: a page may end early where the selection shows little.
    private func read(
        after seq: Int, limit: Int, _ selection: Selection, _ tenant: TenantID
    ) async throws -> ([Event], Int) {
        var events: [Event] = []
        var end = seq
        while events.count < limit {
            let page = try await store.page(
                of: tenant, after: end, selection: selection, count: limit - events.count, bytes: Self.bytes)
            events += page.events
            if page.end <= end { break }
            end = page.end
            if end >= page.bounds.head { break }
        }
        return (events, end)
    }

    private func reply(
        _ events: [Event], cursor: Cursor, recovered: Bool, reason: ResyncReason? = nil, snapshot: String? = nil
    ) -> Response {
        var json = JSONWriter(reserving: 128 + events.reduce(0) { $0 + $1.json.count + 1 })
        json.object {
            $0.name("events"); $0.array(events) { $0.raw($1.json) }
            $0.name("cursor"); $0.string(cursor.description)
            $0.name("recovered"); $0.bool(recovered)
            if let reason { $0.name("reason"); $0.string(reason.rawValue) }
            if let snapshot { $0.name("snapshot"); $0.string(snapshot) }
        }
        return .json(json.bytes)
    }
}
