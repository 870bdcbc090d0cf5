import Boards
import Events
import HTTPTypes
import Hummingbird
import Rooms
import StrictJSON
import Tokens

/// `GET /api/events`: the log as JSON, for clients that poll. The same selection, order and cursors as a stream.
struct EventCalls {
    let store: any BoardStore
    let admission: ReaderAdmission
    /// Bytes of the log that one answer may read before it is sent, even if it has fewer events than asked for.
    private static let bytes = 4 << 20

    var all: [Call] {
        [
            Call(
                "events.list", .get, "/api/events", .read, "Events after a cursor, oldest first, or the newest ones.",
                query: [
                    .text("since"), .text("lastEventId"), .text("types"), Self.limit(100), Self.wait, .each("board"),
                ],
                fields: [.lastEventID], answers: [.json("EventPage")],
                refusals: [.notFound, .forbidden, .tooManyRequests], events)
        ]
    }

    private static let wait = QueryParameter.int("wait", in: 0...30, default: 0)

    /// The query's `limit`; its default differs without a cursor.
    private static func limit(_ value: Int) -> QueryParameter { .int("limit", in: 1...1000, default: value) }

    @Sendable func events(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let (request, query) = (input.request, input.query)
        let known = try await store.boardIDs(of: context.tenant)
        let ask = try StreamQuery(
            query, lastEventID: request.headers[.lastEventID], principal: context.principal,
            prefix: context.place?.prefix ?? "", known: known)
        let limit = try query.int(Self.limit(ask.cursor == nil ? 50 : 100))
        let wait = try query.int(Self.wait)
        guard let cursor = ask.cursor, !cursor.isEmpty else {
            let page = try await store.newest(of: context.tenant, selection: ask.selection, count: limit)
            return reply(page.events, cursor: page.bounds.cursor, recovered: false)
        }
        guard let place = Cursor(cursor) else {
            return reply(.resync(.cursorMalformed, try await store.bounds(of: context.tenant)), for: ask)
        }
        let reading = try await read(after: place, limit: limit, ask.selection, context.tenant)
        guard case .events(let events, let end) = reading, events.isEmpty, wait > 0 else {
            return reply(reading, for: ask)
        }
        try admission.authenticator.checkLasting(context.principal)
        let step = try await request.body.consumeWithCancellationOnInboundClose { _ in
            try await next(after: end, for: ask, context, limit: limit, within: .seconds(wait))
        }
        var last =
            switch step {
            case .page(let page):
                reply(.events(page.events, end: page.bounds.epochs.cursor(at: page.end)), for: ask)
            case .resync(let reason, let bounds): reply(.resync(reason, bounds), for: ask)
            case .quiet, nil: reply(reading, for: ask)
            }
        // Watching whether the client leaves has consumed the connection's input; without this field a next request
        // would be lost.
        last.headers[.connection] = "close"
        return last
    }

    /// The result of reading from a cursor.
    private enum Reading {
        /// The events after the cursor up to `end` that are shown.
        case events([Event], end: Cursor)
        case resync(ResyncReason, LogBounds)
    }

    /// Waits for events after `cursor`; nil when the right to read has ended, or the gateway shuts down.
    ///
    /// - Throws: ``Problem`` 429 when the user, the tenant or the gateway is at its limit of connections, 503 when the
    ///   store can't be read.
    private func next(
        after cursor: Cursor, for ask: StreamQuery, _ context: TenantContext, limit: Int, within time: Duration
    ) async throws(Problem) -> LogFollowing.Step? {
        var iterator = admission.follow(ask.asked, of: context.principal, after: cursor, pageCount: limit)
            .makeAsyncIterator()
        do { return try await iterator.next(within: time) } catch {
            switch error {
            case .draining: return nil
            case .unavailable: throw .unavailable
            case .full:
                throw .limitReached("As many connections are open as may be; poll without wait.", after: 1)
            }
        }
    }

    /// Reads pages until there are `limit` events or the log ends: a page may end early where the selection shows few.
    ///
    /// Each page is checked against the bounds of its own transaction: retention may pass the cursor between two pages.
    private func read(
        after place: Cursor, limit: Int, _ selection: Selection, _ tenant: TenantID
    ) async throws -> Reading {
        var events: [Event] = []
        var end = place
        while events.count < limit {
            let page = try await store.page(
                of: tenant, after: end.seq, selection: selection, count: limit - events.count, bytes: Self.bytes)
            if case .resync(let reason) = Resumption(end, in: page.bounds) {
                // What was read so far is complete; the next poll will find out that the rest is gone.
                if end == place { return .resync(reason, page.bounds) }
                break
            }
            events += page.events
            if page.end <= end.seq { break }
            end = page.bounds.epochs.cursor(at: page.end)
            if end.seq >= page.bounds.head { break }
        }
        return .events(events, end: end)
    }

    private func reply(_ reading: Reading, for ask: StreamQuery) -> Response {
        switch reading {
        case .events(let events, let end): reply(events, cursor: end, recovered: true)
        case .resync(let reason, let bounds):
            reply([], cursor: bounds.cursor, recovered: false, reason: reason, snapshot: ask.snapshotURL)
        }
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
