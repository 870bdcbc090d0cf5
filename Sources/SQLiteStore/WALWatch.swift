import Events

/// Decides when the size of the write-ahead log is worth a word: once when it has grown large, and once when it is
/// small again. A value that knows no clock, no file and no log.
///
/// The log is as long as what was written since the oldest snapshot that somebody still reads. Without such a reader it
/// is folded into the database all the time and stays below 64 MiB.
struct WALWatch: Sendable {
    enum Word: Equatable {
        case large(bytes: Int)
        /// - Parameter most: its size at the largest.
        case small(bytes: Int, most: Int, lasted: Duration)
    }

    let limit: Int
    /// When it was first seen to be large; nil while it is not.
    private(set) var beginning: Uptime?
    private var most = 0

    init(limit: Int) { self.limit = limit }

    mutating func see(_ bytes: Int, at now: Uptime) -> Word? {
        guard bytes >= limit else {
            guard let beginning else { return nil }
            defer { self = WALWatch(limit: limit) }
            return .small(bytes: bytes, most: most, lasted: now - beginning)
        }
        most = max(most, bytes)
        guard beginning == nil else { return nil }
        beginning = now
        return .large(bytes: bytes)
    }
}
