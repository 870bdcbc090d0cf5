/// Why a database was not opened, in a line that an operator can act on.
public enum SQLiteStoreError: Error, Equatable, CustomStringConvertible {
    case cannotOpen(path: String, reason: String)
    /// - Parameter process: its id, where it is known.
    case inUse(path: String, process: Int?)
    case notADatabase(path: String)
    /// A database of some other program.
    case foreign(path: String)
    /// Made by a later version than this.
    case newer(path: String)
    case damaged(path: String, reason: String)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "can't open \(path): \(reason)"
        case .inUse(let path, let process?): "\(path) is in use by another boardcast, process \(process)"
        case .inUse(let path, nil): "\(path) is in use by another boardcast"
        case .notADatabase(let path): "\(path) is not an SQLite database"
        case .foreign(let path): "\(path) is a database, but not one of boardcast"
        case .newer(let path): "\(path) was made by a newer boardcast; use that version or a backup"
        case .damaged(let path, let reason): "\(path) is damaged (\(reason)); restore it from a backup"
        }
    }
}
