import Boards
import Events

/// Why a PostgreSQL could not be used, in a line that an operator can act on. Never holds a password, SQL or a row.
public enum PostgresError: Error, Equatable, CustomStringConvertible {
    /// libpq is not installed, or too old.
    case noLibrary(isOld: Bool)
    /// The URL is not one that libpq understands.
    case badURL
    /// The file with the password can't be read.
    case noPassword(file: String, reason: String)
    /// No connection, or it broke, or no answer came in time.
    case unreachable(reason: String)
    /// The server refused a statement, with this SQLSTATE.
    case refused(state: String)
    case unsuitable(reason: String)
    /// The tables were made by a later version of boardcast.
    case newer(place: String, schema: Int, known: Int)
    /// A value that this program never writes.
    case unreadable(table: String)

    public var description: String {
        switch self {
        case .noLibrary(isOld: false): "libpq.so.5 is not installed; apt-get install libpq5"
        case .noLibrary(isOld: true): "libpq.so.5 is too old; version 14 or later is needed"
        case .badURL: "database.url is no URL that libpq understands; a password's special characters must be %-encoded"
        case .noPassword(let file, let reason): "can't read the password of the database from \(file): \(reason)"
        case .unreachable(let reason): "can't reach PostgreSQL: \(reason)"
        case .refused(let state): "PostgreSQL refused with SQLSTATE \(state)"
        case .unsuitable(let reason): "this PostgreSQL can't be used: \(reason)"
        case .newer(let place, let schema, let known):
            "the tables at \(place) were made by a newer boardcast (schema \(schema), this one knows \(known)); use that version"
        case .unreadable(let table): "a row of \(table) can't be read"
        }
    }
}

extension Error {
    /// Whether the server could not be reached, or has ended the connection.
    var isAway: Bool {
        if let error = self as? PostgresError, case .unreachable = StoreFailure(error) { true } else { false }
    }
}

extension StoreFailure {
    /// How long a client is to wait when the database is away.
    static let away = StoreFailure.unreachable(retryAfter: .seconds(1))

    /// Classifies a failure of the database.
    init(_ error: any Error) {
        switch error {
        case let failure as StoreFailure: self = failure
        case let error as PostgresError: self.init(error)
        case is CancellationError: self = .cancelled
        default: self = .broken("\(type(of: error))")
        }
    }

    private init(_ error: PostgresError) {
        switch error {
        case .unreachable: self = .away
        case .refused(let state):
            switch state {
            case "53100": self = .full
            // A deadlock, a lock or a statement that took too long, too many connections.
            case "40P01", "55P03", "57014", "40001", "53300": self = .busy(retryAfter: .seconds(1))
            // It goes down, starts up, or is a replica: another will be there.
            case _ where state.hasPrefix("57P") || state.hasPrefix("08") || state == "25006" || state == "25P03":
                self = .away
            default: self = .broken(error.description)
            }
        default: self = .broken(error.description)
        }
    }
}

extension BoardError {
    init(storage error: any Error) { self = error as? BoardError ?? .failed(StoreFailure(error)) }

    /// Nil for a refusal.
    var failure: StoreFailure? { if case .failed(let failure) = self { failure } else { nil } }
}
