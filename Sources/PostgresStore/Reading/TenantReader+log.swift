import Boards
import Events

/// The log, read in pieces of so many events and bytes.
extension TenantReader {
    /// The most events that are looked at for one page.
    static let scan = 2000
    /// The same for the newest events, which are not read page by page.
    static let longScan = 20_000
    /// Events in one piece.
    static let piece = 256

    /// The next events above `seq`, or, backwards, those below it: as many as have room, one at least.
    static func events(of tenant: TenantID, next seq: Int, backwards: Bool, count: Int, bytes: Int) -> Statement {
        let (sign, order) = backwards ? ("<", "DESC") : (">", "ASC")
        return Statement(
            """
            SELECT \(EventTable.columns) FROM (
                SELECT *, sum(octet_length(json)) OVER (ORDER BY seq \(order)) - octet_length(json) AS before FROM (
                    SELECT * FROM boardcast.events
                    WHERE tenant = (SELECT number FROM boardcast.tenants WHERE name = $1) AND seq \(sign) $2
                    ORDER BY tenant, seq \(order) LIMIT $3) e) s
            WHERE before <= $4 ORDER BY seq \(order)
            """, .text(tenant.rawValue), .int(seq), .int(count), .int(bytes))
    }

    func page(
        after seq: Int, selection: Selection, count: Int, bytes: Int, first: Rows, on connection: Connection
    ) throws -> LogPage {
        let start = min(max(seq, bounds.oldest - 1), bounds.head)
        var (end, events, size) = (start, [Event](), 0)
        var rows = first
        var asked = seq
        while end < min(bounds.head, start + Self.scan) {
            for row in 0..<rows.count {
                let event: Event
                do { event = try EventTable.event(rows.reader(row, of: "events"), of: tenant, bounds.epochs) } catch {
                    return stopped(at: end, start, events)
                }
                if event.seq <= end { continue }
                guard event.seq <= bounds.head else { break }
                // A number that is missing is not passed without a word.
                guard event.seq == end + 1 else { return stopped(at: end, start, events) }
                if selection.shows(event) {
                    size += event.json.count
                    guard events.count < count, events.isEmpty || size <= bytes else {
                        return LogPage(events: events, end: end, bounds: bounds)
                    }
                    events.append(event)
                }
                end = event.seq
                guard end < start + Self.scan else { break }
            }
            guard end < min(bounds.head, start + Self.scan) else { break }
            guard end > asked || rows.count == 0 else { return stopped(at: end, start, events) }
            if rows.count == 0, asked == end { return stopped(at: end, start, events) }
            asked = end
            let statement = Self.events(of: tenant, next: end, backwards: false, count: Self.piece, bytes: bytes)
            rows = try connection.run([statement], by: .now() + .seconds(5))[0]
        }
        return LogPage(events: events, end: end, bounds: bounds)
    }

    /// The page that ends before an event that is missing or can't be read. When it is the first, the bounds begin after
    /// it.
    private func stopped(at end: Int, _ start: Int, _ events: [Event]) -> LogPage {
        let bounds = end == start ? LogBounds(epochs: bounds.epochs, head: bounds.head, oldest: end + 2) : bounds
        return LogPage(events: events, end: end, bounds: bounds)
    }

    /// The newest events that are shown, as many as have room; oldest first.
    ///
    /// - Parameters:
    ///   - whole: whether one is given however large it is.
    ///   - first: the last events, if they were asked for with the bounds.
    func newest(
        _ selection: Selection?, count: Int, bytes: Int, whole: Bool, first: Rows? = nil, on connection: Connection
    ) throws -> LogPage {
        var first = first
        var (events, size, next) = ([Event](), 0, bounds.head + 1)
        let last = selection == nil ? bounds.oldest : max(bounds.oldest, bounds.head - Self.longScan + 1)
        reading: while next > last, events.count < count {
            let statement = Self.events(of: tenant, next: next, backwards: true, count: Self.piece, bytes: bytes)
            let rows = try first ?? connection.run([statement], by: .now() + .seconds(5))[0]
            first = nil
            guard rows.count > 0 else { break }
            for row in 0..<rows.count {
                guard events.count < count else { break reading }
                let event = try EventTable.event(rows.reader(row, of: "events"), of: tenant, bounds.epochs)
                guard event.seq == next - 1, event.seq >= last else { break reading }
                next = event.seq
                if let selection, !selection.shows(event) { continue }
                size += event.json.count
                guard size <= bytes || whole && events.isEmpty else { break reading }
                events.append(event)
            }
        }
        return LogPage(events: events.reversed(), end: bounds.head, bounds: bounds)
    }
}
