import Events
import Rooms

/// How many connections each tenant had and how many events it made, minute by minute, for the last day: for
/// administrators who come after it.
struct Figures {
    /// One minute of one tenant.
    struct Sample: Equatable {
        /// Since 1970.
        let minute: Int32
        /// At its end.
        let connections: Int32
        /// Logged since the sample before.
        let events: Int32
    }

    private struct Series {
        var head: Int
        var samples: [Sample] = []
        /// When it was last in the relay's memory.
        var seen: Int32
    }

    /// Minutes that are kept.
    static let mostSamples = 24 * 60
    /// Tenants of which figures are kept.
    static let mostTenants = 256

    private var tenants: [TenantID: Series] = [:]

    /// Adds the minute that ends now. Of a tenant that is not in the relay's memory nothing is known, and nothing is added.
    mutating func note(_ census: [Relay.TenantCount], minute: Int32) {
        let first = minute - Int32(Self.mostSamples) + 1
        for tenant in tenants.keys {
            tenants[tenant]?.samples.removeAll { $0.minute < first }
            if let seen = tenants[tenant]?.seen, seen < first { tenants[tenant] = nil }
        }
        for count in census where tenants[count.tenant] != nil || makeRoom(for: count, at: minute) {
            let before = tenants[count.tenant]
            var series = before ?? Series(head: count.head, seen: minute)
            series.samples.append(
                Sample(
                    minute: minute, connections: Int32(clamping: count.connections),
                    events: Int32(clamping: max(0, count.head - series.head))))
            (series.head, series.seen) = (max(series.head, count.head), minute)
            tenants[count.tenant] = series
        }
    }

    /// Oldest first.
    func samples(of tenant: TenantID) -> [Sample] { tenants[tenant]?.samples ?? [] }

    /// Whether there is room for a tenant that is new: beside the others, or in place of the one that has been gone longest.
    private mutating func makeRoom(for count: Relay.TenantCount, at minute: Int32) -> Bool {
        guard count.connections > 0 else { return false }
        if tenants.count < Self.mostTenants { return true }
        guard let gone = tenants.min(by: { $0.value.seen < $1.value.seen }), gone.value.seen < minute - 1 else {
            return false
        }
        tenants[gone.key] = nil
        return true
    }
}
