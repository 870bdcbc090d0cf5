import Events
import Rooms

extension LoopCounters {
    /// The counts of both loops.
    mutating func add(_ other: LoopCounters) {
        readers += other.readers
        behind += other.behind
        opened += other.opened
        refused += other.refused
        deliveries += other.deliveries
        replayed += other.replayed
        bytes += other.bytes
        transports.merge(other.transports, uniquingKeysWith: +)
        resyncs.merge(other.resyncs, uniquingKeysWith: +)
        endings.merge(other.endings, uniquingKeysWith: +)
        publishToWrite.add(other.publishToWrite)
    }
}

extension LoopCounters.Ending {
    /// The value of the label `reason`. What is sent with `stream.closing` has the name that it has there.
    var label: String {
        switch self {
        case .gone: "gone"
        case .finished: "finished"
        case .closed(let reason): reason.rawValue
        case .stalled: CloseReason.stalled.rawValue
        case .queuesFull: "queues_full"
        case .lostPeer: "lost_peer"
        case .unreadable: "unreadable"
        }
    }
}

extension MetricsText {
    mutating func add(_ counters: LoopCounters) {
        // A transport that nobody uses now has a sample too.
        let transports = ["poll", "sse", "websocket"].map { ($0, Double(counters.transports[$0] ?? 0)) }
        add(.gauge, "boardcast_connections", "Connections that are open.", by: "transport", transports)
        add(
            .gauge, "boardcast_behind_readers",
            "Connections that are not live: they read what they missed, or take nothing.",
            Double(counters.behind))
        add(
            .counter, "boardcast_connects_total", "Connections that were opened since the start.",
            Double(counters.opened))
        let endings = Dictionary(counters.endings.map { ($0.label, Double($1)) }, uniquingKeysWith: +)
        add(
            .counter, "boardcast_disconnects_total", "Connections that ended since the start.", by: "reason",
            endings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        add(
            .counter, "boardcast_deliveries_total", "Events that were sent, counted for each connection.",
            Double(counters.deliveries))
        add(
            .counter, "boardcast_replayed_events_total",
            "Events that connections got from memory or the log to catch up, counted for each.",
            Double(counters.replayed))
        add(
            .counter, "boardcast_resyncs_total", "Cursors that could not be honoured.", by: "reason",
            ResyncReason.allCases.map { ($0.rawValue, Double(counters.resyncs[$0] ?? 0)) })
        add(
            .counter, "boardcast_sent_bytes_total", "Bytes that were sent to readers of the log.",
            Double(counters.bytes))
        add(
            "boardcast_publish_to_write_seconds",
            "From the announcement of an event to its writing to the last live connection of a list; once a sweep.",
            counters.publishToWrite)
    }
}
