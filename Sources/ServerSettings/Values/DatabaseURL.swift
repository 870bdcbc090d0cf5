/// Where the tasks and the log are: `sqlite:PATH`, `sqlite::memory:`, or `postgres://…`.
public enum DatabaseURL: Sendable, Equatable, CustomStringConvertible {
    case sqlite(path: String)
    /// A database in memory, lost when the server ends.
    case sqliteInMemory
    case postgres(PostgresURL)

    static let format = ValueFormat<DatabaseURL>(
        "sqlite:PATH, sqlite::memory:, or postgres://USER@HOST:PORT/NAME"
    ) { text throws(Unfit) in
        if text.hasPrefix("postgres") { return .postgres(try PostgresURL.format.parse(text)) }
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
        case .postgres(let url): url.description
        }
    }
}
