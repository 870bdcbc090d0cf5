import Logging
import ServerSettings

/// How many descriptors there are for what: 64 are kept for the database and the process itself; of the rest a quarter,
/// and 64 at most, are for requests, and the others for streams.
struct DescriptorBudget: Equatable {
    /// Connections of any kind.
    let connections: Int
    let streams: Int

    /// - Parameter files: RLIMIT_NOFILE.
    init(files: Int) {
        connections = max(16, files - 64)
        streams = connections - min(64, connections / 4)
    }

    /// `settings` with no more streams than there are descriptors for; logs a notice if those are fewer.
    func fitting(_ settings: Settings, logger: Logger) -> Settings {
        guard settings.limits.connectionsTotal > streams else { return settings }
        logger.notice(
            "fewer streams than limits.connectionsTotal, for the system allows no more open files",
            metadata: ["streams": "\(streams)", "connections": "\(connections)"])
        var settings = settings
        settings.limits.connectionsTotal = streams
        return settings
    }
}
