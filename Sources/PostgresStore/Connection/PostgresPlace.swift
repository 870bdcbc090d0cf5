import CPostgres
import Foundation

/// Where a PostgreSQL is and how to connect to it, as libpq takes it.
public struct PostgresPlace: Sendable {
    /// Hosts and name, for messages.
    public let name: String
    private let options: [String: String]

    /// Parameters that the URL may replace. A connection whose other end is gone must not look alive: the network's own
    /// timers end it, and the server gives up on ours.
    private static let defaults = [
        "application_name": "boardcast", "client_encoding": "UTF8", "keepalives": "1", "keepalives_idle": "5",
        "keepalives_interval": "2", "keepalives_count": "3", "tcp_user_timeout": "8000",
    ]

    /// - Parameters:
    ///   - url: `postgres://…`, which may hold a password.
    ///   - name: the same without secrets.
    ///   - passwordFile: the file that has the password, one line.
    public init(url: String, name: String, passwordFile: String?) throws(PostgresError) {
        switch cpq_load() {
        case 0: break
        case let code: throw .noLibrary(isOld: code == 2)
        }
        self.name = name
        // What libpq says of a bad URL may quote a part of the password.
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = cpq_conninfoParse(url, &message) else {
            cpq_freemem(message)
            throw .badURL
        }
        defer { cpq_conninfoFree(parsed) }
        var options = Self.defaults
        var next = parsed
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            next += 1
        }
        if let passwordFile {
            do {
                let text = try String(contentsOfFile: passwordFile, encoding: .utf8)
                options["password"] = String(text.prefix { !$0.isNewline })
            } catch {
                throw .noPassword(file: passwordFile, reason: (error as NSError).localizedDescription)
            }
        }
        self.options = options
    }

    /// A connection that has begun, as libpq's own functions take it; nil when there is no memory.
    func begin() -> OpaquePointer? {
        let texts = options.flatMap { [strdup($0.key), strdup($0.value)] }
        defer { for text in texts { free(text) } }
        let keywords = stride(from: 0, to: texts.count, by: 2).map { UnsafePointer(texts[$0]) } + [nil]
        let values = stride(from: 1, to: texts.count, by: 2).map { UnsafePointer(texts[$0]) } + [nil]
        return cpq_connectStartParams(keywords, values, 0)
    }
}
