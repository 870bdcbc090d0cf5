import Events

/// What there is at a database before a start. Changes nothing.
public struct PostgresInspection: Sendable {
    /// The server's, such as `15.8`.
    public let version: String
    /// Whether the tables are not there yet.
    public let isNew: Bool

    /// Blocks.
    ///
    /// - Throws: what a start would be refused for.
    public init(_ place: PostgresPlace) throws(PostgresError) {
        let deadline = Uptime.now() + .seconds(5)
        let connection = try Connection(place, by: deadline)
        try Schema.require(connection)
        version = "\(connection.serverVersion / 10_000).\(connection.serverVersion % 10_000)"
        let found = try connection.run(
            [
                Statement(
                    "SELECT 1::int8 FROM pg_catalog.pg_tables WHERE schemaname = 'boardcast' AND tablename = 'meta'")
            ],
            by: deadline)
        isNew = found[0].count == 0
        if !isNew { _ = try Schema.version(connection, place: place.name, by: deadline) }
    }
}
