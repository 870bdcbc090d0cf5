import Events
import NIOCore
import Synchronization

@testable import Rooms

/// The logs of several tenants, written to from any thread: one commit and its announcement at a time, as a store does.
final class ManyTenantsLog: TenantHistory {
    let epoch = Epoch(rawValue: 0xABCD_EF01)
    private let relay: Relay
    private let events = Mutex<[TenantID: [Event]]>([:])

    init(relay: Relay) { self.relay = relay }

    func commit(_ tenant: TenantID, _ audiences: [Audience]) {
        events.withLock { events in
            var new: [Event] = []
            for audience in audiences {
                let seq = events[tenant, default: []].count + 1
                let event = Event(
                    tenant: tenant, seq: seq, audience: audience, type: .taskCreated, timestamp: 0,
                    json: Array(#"{"tenant":"\#(tenant)","seq":\#(seq)}"#.utf8))
                events[tenant, default: []].append(event)
                new.append(event)
            }
            relay.announce(new)
        }
    }

    func all(of tenant: TenantID) -> [Event] { events.withLock { $0[tenant] ?? [] } }

    private func page(_ events: [Event], end: Int, of all: [Event]) -> LogPage {
        LogPage(events: events, end: end, bounds: LogBounds(epoch: epoch, head: all.count, oldest: 1))
    }

    func boardIDs(of tenant: TenantID) async throws -> Set<BoardID> { [.main, BoardID("a")!] }
    func bounds(of tenant: TenantID) async throws -> LogBounds {
        LogBounds(epoch: epoch, head: all(of: tenant).count, oldest: 1)
    }

    func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async throws -> LogPage {
        let all = all(of: tenant)
        let looked = all.dropFirst(seq).prefix(50)
        return page(looked.filter(selection.shows), end: looked.last?.seq ?? seq, of: all)
    }

    func newest(of tenant: TenantID, selection: Selection, count: Int) async throws -> LogPage {
        let all = all(of: tenant)
        return page(all.filter(selection.shows).suffix(count), end: all.count, of: all)
    }

    func tail(of tenant: TenantID, count: Int, bytes: Int) async throws -> LogPage {
        let all = all(of: tenant)
        return page(Array(all.suffix(min(count, 20))), end: all.count, of: all)
    }
}
