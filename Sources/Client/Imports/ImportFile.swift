/// A file to be imported: its bytes and its media type.
public struct ImportFile: Sendable {
    /// The most bytes that a server can be set to accept; most take 20 MiB.
    public static let longest = 1 << 30

    /// The file as it is.
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// JSON or CSV, guessed from the file's beginning.
    ///
    /// JSON begins with a brace; a CSV file that did would have a column of that name.
    public var mediaType: String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first == UInt8(ascii: "{") ? "application/json" : "text/csv"
    }
}
