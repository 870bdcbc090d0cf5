import Glibc

/// A file that could not be read.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// The file or directory.
    public let path: String
    /// What went wrong, as the system says it.
    public let reason: String

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    init(_ path: String, errno: CInt) { self.init(path, String(cString: strerror(errno))) }

    public var description: String { "can't read \(path): \(reason)" }
}
