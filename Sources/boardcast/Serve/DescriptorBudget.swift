import Gateway
import Logging
import ServerSettings

/// Divides the process's file descriptors: 64 are reserved for the database and the process itself, and some for the
/// operators' listener, if there is one; of the rest, a quarter but at most 64 are for requests, and the others for
/// streams.
struct DescriptorBudget: Equatable {
    /// Connections of any kind.
    let connections: Int
    let streams: Int

    /// - Parameter files: RLIMIT_NOFILE.
    init(files: Int, for settings: Settings) {
        let reserved = 64 + (settings.ops.port == nil ? 0 : OperatorsListener.descriptors)
        connections = max(16, files - reserved)
        streams = connections - min(64, connections / 4)
    }

    /// `settings` with no more streams than there are descriptors for; logs a notice if it had to lower the number.
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
