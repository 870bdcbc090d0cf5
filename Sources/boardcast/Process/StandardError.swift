import Glibc

/// Writes messages to stderr.
enum StandardError {
    /// Writes `text` as a line of its own.
    static func say(_ text: String) {
        var line = Array(text.utf8)
        line.append(UInt8(ascii: "\n"))
        _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
