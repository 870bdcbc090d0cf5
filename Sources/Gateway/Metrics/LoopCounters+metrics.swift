import Events
import Rooms

extension LoopCounters {
    /// The counts of both loops.
    mutating func add(_ other: LoopCounters) {
        readers += other.readers
        opened += other.opened
        deliveries += other.deliveries
        bytes += other.bytes
        transports.merge(other.transports, uniquingKeysWith: +)
        endings.merge(other.endings, uniquingKeysWith: +)
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
            .counter, "boardcast_sent_bytes_total", "Bytes that were sent to readers of the log.",
            Double(counters.bytes))
    }
}
