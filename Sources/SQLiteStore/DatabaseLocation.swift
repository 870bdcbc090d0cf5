/// Where the database is stored: in a file, or in this process's memory alone. Its description holds no secret.
public enum DatabaseLocation: Sendable, Equatable, CustomStringConvertible {
    /// A path, relative to the working directory or absolute.
    case file(String)
    /// A database in memory, lost when the process ends.
    case memory

    /// Nil unless `url` is `sqlite:PATH` or `sqlite::memory:`.
    public init?(url: String) {
        guard url.hasPrefix("sqlite:"), !url.utf8.contains(0) else { return nil }
        let path = String(url.dropFirst("sqlite:".count))
        if path == ":memory:" {
            self = .memory
        } else {
            guard !path.isEmpty, !path.hasPrefix(":") else { return nil }
            self = .file(path)
        }
    }

    public var description: String {
        switch self {
        case .file(let path): path
        case .memory: "memory"
        }
    }
}
