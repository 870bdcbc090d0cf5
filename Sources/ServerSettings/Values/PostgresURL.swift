/// Where a PostgreSQL is, as libpq takes it: `postgres://user@host:port/name?parameter=value`. May hold a password, which is
/// never shown.
public struct PostgresURL: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The whole of it, for libpq alone.
    public let text: String

    static let format = ValueFormat<PostgresURL>("postgres://USER@HOST:PORT/NAME") { text throws(Unfit) in
        guard let url = PostgresURL(text) else { throw Unfit("is no URL of a PostgreSQL", showsText: false) }
        return url
    }

    /// Nil unless `text` begins with `postgres://` or `postgresql://`, and is in one line without spaces.
    public init?(_ text: String) {
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"),
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else { return nil }
        self.text = text
    }

    /// Hosts and name, without user, password and parameters.
    public var description: String {
        let rest = text.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "?" }
        let place = rest.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
        return "postgres://\(place)"
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
