/// Where the tasks and the log are: `sqlite:PATH` or `sqlite::memory:`.
public enum DatabaseURL: Sendable, Equatable, CustomStringConvertible {
    case sqlite(path: String)
    /// A database in memory, lost when the server ends.
    case sqliteInMemory

    static let format = ValueFormat<DatabaseURL>("sqlite:PATH or sqlite::memory:") { text throws(Unfit) in
        guard !text.hasPrefix("postgres:"), !text.hasPrefix("postgresql:") else {
            throw Unfit("means Postgres, which is not supported by this version", showsText: false)
        }
        guard text.hasPrefix("sqlite:") else { throw Unfit("is no URL of a database") }
        let place = String(text.dropFirst("sqlite:".count))
        if place == ":memory:" { return .sqliteInMemory }
        guard !place.isEmpty else { throw Unfit("names no file") }
        if place.hasPrefix("//") {
            guard place.hasPrefix("///") else { throw Unfit("has an authority; write sqlite:PATH, without //") }
            return .sqlite(path: String(place.dropFirst(2)))
        }
        return .sqlite(path: place)
    }

    /// Where `serve --dev` keeps its secret; nil for a database in memory.
    public var developmentSecretFile: String? {
        if case .sqlite(let path) = self { path + ".secret" } else { nil }
    }

    public var description: String {
        switch self {
        case .sqlite(let path): "sqlite:\(path)"
        case .sqliteInMemory: "sqlite::memory:"
        }
    }
}
