import Events
import NIOCore
import Synchronization
import TestSupport

@testable import Rooms

/// The logs of several tenants, written to from any thread. As with a store, one write is committed and announced at a
/// time, and who reads sees it between the two.
final class ManyTenantsLog: TenantHistory {
    let epoch = Epoch(rawValue: 0xABCD_EF01)
    private let relay: Relay
    private let commits = Mutex(())
    private let events = Mutex<[TenantID: [Event]]>([:])
    /// Called before and after the end of a log is read for the time of this number, from 1. A tenant's first is when
    /// it is loaded.
    let aroundTail = Mutex<[Int: Around]>([:])
    /// How many times the end of a log was read.
    let tails = Mutex(0)
    typealias Around = (before: @Sendable () -> Void, after: @Sendable () -> Void)

    init(relay: Relay) { self.relay = relay }

    func commit(_ tenant: TenantID, _ audiences: [Audience]) {
        commits.withLock { _ in relay.announce(write(tenant, audiences)) }
    }

    /// Commits without announcing.
    func write(_ tenant: TenantID, _ audiences: [Audience]) -> [Event] {
        events.withLock { events in
            let head = events[tenant, default: []].count
            let new = audiences.enumerated().map { index, audience in
                Event(
                    tenant: tenant, seq: head + index + 1, epoch: epoch, audience: audience, type: .taskCreated,
                    timestamp: 0,
                    json: Array(#"{"tenant":"\#(tenant)","seq":\#(head + index + 1)}"#.utf8))
            }
            events[tenant, default: []] += new
            return new
        }
    }

    func all(of tenant: TenantID) -> [Event] { events.withLock { $0[tenant] ?? [] } }

    private func page(_ events: [Event], end: Int, of all: [Event]) -> LogPage {
        LogPage(events: events, end: end, bounds: LogBounds(epochs: Epochs(epoch), head: all.count, oldest: 1))
    }

    func boardIDs(of tenant: TenantID) async -> Set<BoardID> { [.main, BoardID("a")!] }
    func bounds(of tenant: TenantID) async -> LogBounds {
        LogBounds(epochs: Epochs(epoch), head: all(of: tenant).count, oldest: 1)
    }

    func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async -> LogPage {
        let all = all(of: tenant)
        let looked = all.dropFirst(seq).prefix(50)
        return page(looked.filter(selection.shows), end: looked.last?.seq ?? seq, of: all)
    }

    func newest(of tenant: TenantID, selection: Selection, count: Int) async -> LogPage {
        let all = all(of: tenant)
        return page(all.filter(selection.shows).suffix(count), end: all.count, of: all)
    }

    func tail(of tenant: TenantID, count: Int, bytes: Int) async -> LogPage {
        let turn = tails.withLock { tails in
            tails += 1
            return tails
        }
        let around = aroundTail.withLock { $0[turn] }
        around?.before()
        let all = all(of: tenant)
        around?.after()
        return page(Array(all.suffix(min(count, 20))), end: all.count, of: all)
    }
}
