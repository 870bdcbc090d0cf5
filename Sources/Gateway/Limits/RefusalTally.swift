import Events

/// Decides which refusals are logged by themselves: the first of each source. Those that follow are counted, in one
/// line a second and source. A value that knows no clock and no log.
///
/// A source that was refused nothing for a second is forgotten, and its next refusal is a first one again.
struct RefusalTally {
    enum Source: Hashable, Sendable, CustomStringConvertible {
        case address(ClientAddress)
        /// Peers without an address.
        case unknown
        /// All sources beyond ``capacity``, together.
        case others

        var description: String {
            switch self {
            case .address(let address): address.description
            case .unknown: "unknown"
            case .others: "others"
            }
        }
    }

    struct Line: Equatable {
        let source: Source
        /// How many were answered with each status.
        let counts: [Int: Int]
        let time: Duration
    }

    private struct Entry {
        var since: Uptime
        var counts: [Int: Int] = [:]
    }

    /// Sources remembered at once, besides ``Source/others``.
    static let capacity = 128
    static let pause = Duration.seconds(1)

    private var entries: [Source: Entry] = [:]

    /// Counts a refusal.
    ///
    /// - Returns: whether it is the first of its source, which is to be logged by itself.
    mutating func note(_ status: Int, from source: Source, at now: Uptime) -> Bool {
        var source = source
        if entries[source] == nil {
            guard entries.count >= Self.capacity else {
                entries[source] = Entry(since: now)
                return true
            }
            source = .others
        }
        entries[source, default: Entry(since: now)].counts[status, default: 0] += 1
        return false
    }

    /// Takes the lines that are due: of each source, what was counted since its last line, a second ago or more.
    ///
    /// - Parameter isEnd: whether all are due, as there will be no more.
    mutating func take(at now: Uptime, isEnd: Bool = false) -> [Line] {
        var lines: [Line] = []
        for (source, entry) in entries where isEnd || now - entry.since >= Self.pause {
            if entry.counts.isEmpty {
                entries[source] = nil
            } else {
                lines.append(Line(source: source, counts: entry.counts, time: now - entry.since))
                entries[source] = Entry(since: now)
            }
        }
        return lines
    }
}
