/// A file to be imported: its bytes, and what they are.
public struct ImportFile: Sendable {
    /// Bytes; the server takes no more.
    public static let longest = 20 << 20

    /// The file as it is.
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// JSON or CSV, as the file looks.
    ///
    /// JSON begins with a brace; a CSV file that did would have a column of that name.
    public var mediaType: String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first == UInt8(ascii: "{") ? "application/json" : "text/csv"
    }
}
