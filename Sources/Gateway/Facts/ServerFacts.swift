/// What only the server's composition knows of the server, for administrators.
public struct ServerFacts: Sendable {
    public var version: String
    /// `sqlite` or `postgres`.
    public var database: String
    /// The database's file, and its write-ahead log's, in bytes; nil where it has none.
    public var size: (database: Int, log: Int)?

    public init(version: String = "", database: String = "", size: (database: Int, log: Int)? = nil) {
        self.version = version
        self.database = database
        self.size = size
    }
}
