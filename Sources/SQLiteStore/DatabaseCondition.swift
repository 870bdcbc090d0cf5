/// The condition in which a database was found when it was opened, for the operator's log.
public struct DatabaseCondition: Sendable, Equatable {
    /// Nil in memory.
    public let path: String?
    /// Whether the file did not exist, or was empty.
    public let isNew: Bool
    /// The number of rows that can't be read. Requests for them are refused, all others are served. Counted in files of
    /// at most 64 MiB.
    public let unreadableRows: Int
    /// What is wrong with the first of them.
    public let firstUnreadable: String?

    init(path: String?, isNew: Bool, _ unreadable: [UnreadableRow] = []) {
        self.path = path
        self.isNew = isNew
        unreadableRows = unreadable.count
        firstUnreadable = unreadable.first?.description
    }
}
