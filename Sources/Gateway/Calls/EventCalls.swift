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
    let relay: Relay
    let authenticator: Authenticator
    let answers: Answers
    /// Bytes of events in one answer, even if it has fewer events than asked for; it has one at least.
    static let bytes = 1 << 20
    /// Bytes of events that are read at once.
    private static let pageBytes = 1 << 20

    var all: [Call] {
        [
            Call(
                "events.list", .get, "/api/events", .read, "Events after a cursor, oldest first, or the newest ones.",
                query: [
                    .since, .lastEventID, .types, Self.limit(100), Self.wait, .boards,
                ],
                fields: [.lastEventID], answers: [.json(.eventPage)],
                refusals: [.notFound, .forbidden, .tooManyRequests], direct: recent, events)
        ]
    }

    private static let wait = QueryParameter.int(
        "wait", in: 0...30, default: 0, "Seconds to wait for an event when there is none after the cursor.")

    /// The query's `limit`; its default differs without a cursor.
    private static func limit(_ value: Int) -> QueryParameter {
        .int("limit", in: 1...1000, default: value, "Events in an answer; without a cursor 50.")
    }

    @Sendable func events(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let query = input.query
        let known = try await store.boardIDs(of: context.tenant)
        let ask = try StreamQuery(
            query, lastEventID: input.request.headers[.lastEventID], principal: context.principal,
            prefix: context.place?.prefix ?? "", known: known)
        let limit = try query.int(Self.limit(ask.cursor == nil ? 50 : 100))
        let wait = try query.int(Self.wait)
        guard let cursor = ask.cursor, !cursor.isEmpty else {
            let page = try await store.newest(of: context.tenant, selection: ask.selection, count: limit)
            return .json(json(page.events.map(\.json), cursor: page.bounds.cursor, recovered: false))
        }
        guard let place = Cursor(cursor) else {
            return reply(.resync(.cursorMalformed, try await store.bounds(of: context.tenant)), for: ask)
        }
        let reading = try await read(after: place, limit: limit, ask.selection, context.tenant)
        guard case .events(let events, let end) = reading, events.isEmpty, wait > 0 else {
            return reply(reading, for: ask)
        }
        try authenticator.checkLasting(context.principal)
        let (tenant, selection) = (context.tenant, ask.selection)
        WaitingRoom.current?.leave(
            WaitingPoll(of: context.principal, ask.asked, after: end, longest: .seconds(wait)) { place in
                let reading = try await read(after: place, limit: limit, selection, tenant)
                if case .events(let events, let end) = reading, events.isEmpty { return .nothing(end) }
                let body = json(reading, for: ask)
                let room = answers.budget.room(for: tenant)
                // Without room for it, its client finds it by asking again.
                guard room.grow(to: body.count) else { return .answer(json(.events([], end: place), for: ask), room) }
                return .answer(body, room)
            })
        return reply(reading, for: ask)
    }

    /// What there is after a cursor, when it is little and still in memory; nil when it is not, or when there is nothing and
    /// the poll waits.
    @Sendable func recent(_ input: CallInput, for principal: Principal) throws -> PreparedCall? {
        guard let known = relay.boards(of: principal.tenant) else { return nil }
        let ask = try StreamQuery(
            input.query, lastEventID: input.request.headers[.lastEventID], principal: principal, known: known)
        let limit = try input.query.int(Self.limit(100))
        let wait = try input.query.int(Self.wait)
        guard let place = ask.cursor.flatMap(Cursor.init),
            let tail = relay.tail(after: place, of: principal.tenant, bytes: Answers.smallest / 2)
        else { return nil }
        let shown = tail.frames.filter { ask.selection.shows($0.audience, $0.type) }
        if shown.isEmpty, wait > 0 { return nil }
        let events = shown.prefix(limit)
        let end = events.count < shown.count ? shown[limit].seq - 1 : tail.head
        let body = json(
            events.map { [UInt8](buffer: $0.json) }, cursor: tail.epochs.cursor(at: end), recovered: true)
        return PreparedCall { _ in .init(json: body) }
    }

    /// The result of reading from a cursor.
    private enum Reading {
        /// The events after the cursor up to `end` that are shown.
        case events([Event], end: Cursor)
        case resync(ResyncReason, LogBounds)
    }

    /// Reads pages until there are `limit` events or the log ends: a page may end early where the selection shows few.
    ///
    /// Each page is checked against the bounds of its own transaction: retention may pass the cursor between two pages.
    private func read(
        after place: Cursor, limit: Int, _ selection: Selection, _ tenant: TenantID
    ) async throws -> Reading {
        var events: [Event] = []
        var size = 0
        var end = place
        while events.count < limit, size < Self.bytes {
            let page = try await store.page(
                of: tenant, after: end.seq, selection: selection, count: limit - events.count, bytes: Self.pageBytes)
            if case .resync(let reason) = Resumption(end, in: page.bounds) {
                // What was read so far is complete; the next poll will find out that the rest is gone.
                if end == place { return .resync(reason, page.bounds) }
                break
            }
            events += page.events
            size += page.events.reduce(0) { $0 + $1.json.count }
            if page.end <= end.seq { break }
            end = page.bounds.epochs.cursor(at: page.end)
            if end.seq >= page.bounds.head { break }
        }
        return .events(events, end: end)
    }

    private func reply(_ reading: Reading, for ask: StreamQuery) -> Response { .json(json(reading, for: ask)) }

    private func json(_ reading: Reading, for ask: StreamQuery) -> [UInt8] {
        switch reading {
        case .events(let events, let end): json(events.map(\.json), cursor: end, recovered: true)
        case .resync(let reason, let bounds):
            json([], cursor: bounds.cursor, recovered: false, reason: reason, snapshot: ask.snapshotURL)
        }
    }

    private func json(
        _ events: [[UInt8]], cursor: Cursor, recovered: Bool, reason: ResyncReason? = nil, snapshot: String? = nil
    ) -> [UInt8] {
        var json = JSONWriter(reserving: 128 + events.reduce(0) { $0 + $1.count + 1 })
        json.object {
            $0.name("events"); $0.array(events) { $0.raw($1) }
            $0.name("cursor"); $0.string(cursor.description)
            $0.name("recovered"); $0.bool(recovered)
            if let reason { $0.name("reason"); $0.string(reason.rawValue) }
            if let snapshot { $0.name("snapshot"); $0.string(snapshot) }
        }
        return json.bytes
    }
}

extension JSONSchema {
    fileprivate static let eventPage = object([
        .required("events", .array(of: Event.schema)),
        .required("cursor", JSONSchema.cursor.described("Where to go on.")),
        .required("recovered", boolean.described("Whether no event after the cursor is missing.")),
        .optional("reason", .resyncReason), .optional("snapshot", .snapshotURL),
    ]).named("EventPage")
}
