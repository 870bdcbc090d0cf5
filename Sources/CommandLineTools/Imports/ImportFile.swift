import StrictJSON
import Tokens

/// A file to be imported: its bytes, and what they are.
public struct ImportFile: Sendable {
    /// Bytes; the server takes no more.
    public static let longest = 20 << 20

    public let bytes: [UInt8]

    /// - Parameter path: `-` is stdin.
    public init(_ path: String) throws(Failure) {
        do throws(FileError) {
            bytes = try SmallFile.read(path == "-" ? "/dev/stdin" : path, upTo: Self.longest)
        } catch {
            throw Failure(.usage, error.description)
        }
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// JSON begins with a brace; a CSV file that did would have a column of that name.
    public var mediaType: String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first == UInt8(ascii: "{") ? "application/json" : "text/csv"
    }

    /// The same for the same file, so that it is not imported twice by accident.
    public var key: String { "file-" + Base64URL.encode(sha256(bytes)) }
}
