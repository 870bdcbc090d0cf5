import Events
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

@testable import Rooms

/// A log in memory that commits and announces like a store, and answers reads late.
final class TestLog: TenantHistory {
    private static let first = Epoch(rawValue: 0xABCD_EF01)
    /// The epochs after the first.
    private let spans = Mutex<[Epochs.Span]>([])
    let relay: Relay
    private let events = Mutex<[Event]>([])
    /// Numbers below this are gone.
    let oldest = Mutex(1)
    /// Events that the end of the log is read to at most, and how many times it can't be read.
    let mostTail = Mutex(Int.max)
    let failures = Mutex(0)
    /// Called before a page is read.
    let beforePage = Mutex<@Sendable () -> Void>({})

    init(relay: Relay) { self.relay = relay }

    static let tenant = TenantID("acme")!

    var epoch: Epoch { spans.withLock { $0.last?.epoch } ?? Self.first }

    /// Goes on in another epoch, after the event `head`: those above it are lost. Nobody is told.
    func begin(_ epoch: UInt32, after head: Int? = nil) {
        events.withLock { events in
            if let head { events.removeLast(events.count - head) }
            spans.withLock { spans in
                spans.removeAll { $0.after >= events.count }
                spans.append(.init(Epoch(rawValue: epoch), after: events.count))
            }
        }
    }

    private var epochs: Epochs {
        let spans = spans.withLock { $0 }
        return Epochs(Runs([Self.first] + spans.map(\.epoch)), spans: spans)
    }

    func commit(_ audience: Audience, type: EventType = .taskCreated, count: Int = 1, padding: Int? = nil) {
        relay.announce(write(audience, type: type, count: count, padding: padding))
    }

    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    /// Commits, so that reads see it, and leaves the announcing for later.
    func write(
        _ audience: Audience, type: EventType = .taskCreated, count: Int = 1, padding: Int? = nil
    ) -> [Event] {
        let epoch = epoch
        return events.withLock { events in
            let new = (0..<count).map { offset in
                let seq = events.count + 1 + offset
                return Event(
                    tenant: Self.tenant, seq: seq, epoch: epoch, audience: audience, type: type, timestamp: 0,
                    json: Array(
                        #"{"type":"\#(type)","seq":\#(seq),"padding":"\#(Self.text(padding ?? seq % 90))"}"#.utf8))
            }
            events += new
            return new
        }
    }

    var all: [Event] { events.withLock { $0 } }

    private var bounds: LogBounds {
        LogBounds(epochs: epochs, head: events.withLock { $0.count }, oldest: oldest.withLock { $0 })
    }

    func boardIDs(of tenant: TenantID) async -> Set<BoardID> { [.main, BoardID("a")!, BoardID("b")!] }
    func bounds(of tenant: TenantID) async -> LogBounds { bounds }

    func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async -> LogPage {
        await Task.yield()
        beforePage.withLock { $0 }()
        let bounds = bounds
        let rest = all.dropFirst(seq).prefix(max(0, bounds.head - seq))
        var shown: [Event] = []
        var end = seq
        for event in rest {
            if shown.count == min(count, 7) { break }
            end = event.seq
            if selection.shows(event) { shown.append(event) }
        }
        return LogPage(events: shown, end: end, bounds: bounds)
    }

    func newest(of tenant: TenantID, selection: Selection, count: Int) async -> LogPage {
        let bounds = bounds
        return LogPage(events: all.filter(selection.shows).suffix(count), end: bounds.head, bounds: bounds)
    }

    func tail(of tenant: TenantID, count: Int, bytes: Int) async throws(StoreFailure) -> LogPage {
        await Task.yield()
        let fails = failures.withLock { failures in
            if failures > 0 { failures -= 1 }
            return failures > 0
        }
        if fails { throw .broken("the log can't be read") }
        let bounds = bounds
        let most = min(count, mostTail.withLock { $0 })
        return LogPage(events: Array(all.prefix(bounds.head).suffix(most)), end: bounds.head, bounds: bounds)
    }
}
