/// How a database was found when it was opened: what an operator should hear of it.
public struct DatabaseCondition: Sendable, Equatable {
    /// Nil in memory.
    public let path: String?
    /// It was not there, or nothing was in it.
    public let isNew: Bool
    /// Rows that can't be read; each is refused when it is asked for, and the others are served. Looked for in a file of
    /// 64 MiB at most.
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
