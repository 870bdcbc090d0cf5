import Boards
import Events
import Gateway

/// The metrics of the parts that the gateway does not know: the store, the keys that are fetched, and the process.
struct ServerMetrics: Sendable {
    let store: any ServerStore
    let keys: KeyRefresher
    let spans: SpanQueue?
    private let process = ProcessStatus()

    init(store: any ServerStore, keys: KeyRefresher, spans: SpanQueue?) {
        (self.store, self.keys, self.spans) = (store, keys, spans)
    }

    func add(to metrics: inout MetricsText) async {
        metrics.add(
            .gauge, "boardcast_build_info", "Always 1; the version is its label.", by: "version",
            [(Version.number, 1)])
        add(store.counters, to: &metrics)
        // What can't be had now is left out.
        if let oldest = await store.oldestEvent() {
            metrics.add(
                .gauge, "boardcast_log_oldest_seconds", "The age of the oldest event that the log still holds.",
                max(0, (Timestamp.now() - oldest) / .seconds(1)))
        }
        if let size = store.size {
            metrics.add(.gauge, "boardcast_database_bytes", "The size of the database's file.", Double(size.database))
            metrics.add(.gauge, "boardcast_wal_bytes", "The size of the write-ahead log's file.", Double(size.log))
        }
        if let age = keys.age {
            metrics.add(
                .gauge, "boardcast_jwks_age_seconds",
                "Since the set of keys that was fetched longest ago was fetched, or was to be fetched first.",
                age / .seconds(1))
        }
        let spans = spans?.counts
        metrics.add(
            .counter, "boardcast_spans_total", "Spans of requests that a collector was sent, or that were dropped.",
            by: "outcome", [("sent", Double(spans?.sent ?? 0)), ("dropped", Double(spans?.dropped ?? 0))])
        metrics.add(process.current)
    }

    private func add(_ counters: WriterCounters, to metrics: inout MetricsText) {
        let known = EventType.ofChanges.map { ($0.rawValue, Double(counters.changes[$0] ?? 0)) }
        metrics.add(
            .counter, "boardcast_events_total", "Events that were committed, by type; all published ones are one.",
            by: "type", known + [("published", Double(counters.published))])
        metrics.add("boardcast_commit_seconds", "How long a commit took, most of it the disk's time.", counters.commits)
        metrics.add("boardcast_commit_size", "Writes that were committed together.", counters.sizes)
        metrics.add(
            .gauge, "boardcast_write_queue", "Writes that wait, or are being committed.", Double(counters.waiting))
        metrics.add(
            .counter, "boardcast_turned_away_writes_total", "Writes that the queue had no room for.",
            Double(counters.turnedAway))
    }
}
