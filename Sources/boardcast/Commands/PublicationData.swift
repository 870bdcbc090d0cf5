import Client
import ServerSettings
import StrictJSON

/// The source of the data of an event to be published.
enum PublicationData: Equatable {
    case text(String)
    case file(String)

    /// - Parameter argument: JSON, `@` and a path, or `-` for stdin; nil for no data.
    init(_ argument: String?) {
        switch argument {
        case nil: self = .text("null")
        case "-": self = .file("/dev/stdin")
        case let argument? where argument.hasPrefix("@"): self = .file(String(argument.dropFirst()))
        case let argument?: self = .text(argument)
        }
    }

    /// - Throws: ``Failure`` of usage when it can't be read, or is not JSON.
    func read() throws(Failure) -> JSONValue {
        let bytes: [UInt8]
        switch self {
        case .text(let text): bytes = Array(text.utf8)
        case .file(let path):
            do { bytes = try SmallFile.read(path) } catch { throw Failure(.usage, "\(error)") }
        }
        do { return try JSONParser.parse(bytes) } catch {
            throw Failure(.usage, "--data must be JSON: \(error)")
        }
    }
}
