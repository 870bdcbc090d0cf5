import Client
import ServerSettings
import Text

/// Where a command's own token comes from; never from a flag's value, which others on the machine can read.
enum TokenSource: Sendable, Equatable {
    case text(String)
    /// Read again for each connection, so that a renewed token is used.
    case file(String)

    /// - Throws: ``Failure`` of usage when there is none.
    init(file: String?, environment: [String: String]) throws(Failure) {
        if let file {
            self = .file(file)
        } else if let token = environment["BOARDCAST_TOKEN"], !token.isEmpty {
            self = .text(token)
        } else {
            throw Failure(.usage, "a token is needed: set BOARDCAST_TOKEN, or give --token-file")
        }
    }

    /// - Throws: ``Failure`` of usage when the file can't be read, or when its content can't be sent in a header.
    func token() throws(Failure) -> String {
        let token: String
        switch self {
        case .text(let text): token = String(text.trimmed)
        case .file(let path):
            do { token = String(try SmallFile.readLine(path).trimmed) } catch { throw Failure(.usage, "\(error)") }
        }
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Failure(.usage, "the token must be one word of ASCII")
        }
        return token
    }
}
