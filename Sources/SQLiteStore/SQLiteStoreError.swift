import GRDB

/// Why a database was not opened, in a line that an operator can act on.
public enum SQLiteStoreError: Error, Equatable, CustomStringConvertible {
    case cannotOpen(path: String, reason: String)
    /// - Parameter process: the id of the process that uses it, if known.
    case inUse(path: String, process: Int?)
    case notADatabase(path: String)
    /// A database of some other program.
    case foreign(path: String)
    /// Made by a later version of boardcast.
    case newer(path: String)
    case damaged(path: String, reason: String)
    /// A copy of it has rows that would not be served.
    case unreadable(path: String, rows: Int, first: String)
    /// A file that may not be replaced.
    case exists(path: String)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "can't open \(path): \(reason)"
        case .inUse(let path, let process?): "\(path) is in use by another boardcast, process \(process)"
        case .inUse(let path, nil): "\(path) is in use by another boardcast"
        case .notADatabase(let path): "\(path) is not an SQLite database"
        case .foreign(let path): "\(path) is a database, but not one of boardcast"
        case .newer(let path): "\(path) was made by a newer boardcast; use that version or a backup"
        case .damaged(let path, let reason): "\(path) is damaged (\(reason)); restore it from a backup"
        case .unreadable(let path, 1, let first): "\(path): \(first)"
        case .unreadable(let path, let rows, let first): "\(path): \(rows) rows can't be read; of the first: \(first)"
        case .exists(let path): "\(path) exists"
        }
    }
}

extension SQLiteStoreError {
    /// Describes a failure to open `path`, with its cause in words.
    init(_ error: any Error, opening path: String) {
        switch error {
        case let error as SQLiteStoreError: self = error
        case let error as UnreadableRow: self = .damaged(path: path, reason: error.description)
        case let error as DatabaseError: self = Self.refusal(error, path)
        default: self = .cannotOpen(path: path, reason: "\(type(of: error))")
        }
    }

    private static func refusal(_ error: DatabaseError, _ path: String) -> SQLiteStoreError {
        switch error.resultCode {
        case .SQLITE_NOTADB: .notADatabase(path: path)
        case .SQLITE_CORRUPT: .damaged(path: path, reason: "SQLite can't read it")
        // Names tables and columns, never what is in them.
        case .SQLITE_ERROR: .damaged(path: path, reason: error.message ?? "its tables are not as they should be")
        case .SQLITE_BUSY: .cannotOpen(path: path, reason: "another process holds it locked")
        case .SQLITE_FULL: .cannotOpen(path: path, reason: "the disk is full")
        case .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            .cannotOpen(
                path: path,
                reason: FileObstacle.first(before: path)
                    ?? "\(error.resultCode.words) (\(error.extendedResultCode.rawValue))")
        default: .cannotOpen(path: path, reason: "SQLite failed with \(error.extendedResultCode)")
        }
    }
}

extension ResultCode {
    fileprivate var words: String {
        switch self {
        case .SQLITE_IOERR: "reading or writing failed"
        case .SQLITE_READONLY: "it can't be written to"
        default: "SQLite can't open it"
        }
    }
}
