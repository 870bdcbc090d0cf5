import Glibc

/// A file that could not be read.
public struct FileError: Error, Equatable, CustomStringConvertible {
    public let path: String
    public let reason: String

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    init(_ path: String, errno: CInt) { self.init(path, String(cString: strerror(errno))) }

    public var description: String { "can't read \(path): \(reason)" }
}
