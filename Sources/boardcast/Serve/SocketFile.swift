import Client
import Glibc

/// The file of the Unix socket that the server listens on. NIO makes it, and removes it when it is closed.
struct SocketFile: Sendable {
    private let path: String
    private let mode: mode_t

    /// Makes sure that the path is free: nothing is there, or a socket that a server left behind when it was killed.
    ///
    /// Files of this process are made for its own user alone from now on, so that nobody can connect before ``open()``.
    /// - Throws: ``Failure`` of usage when another server listens there, or when the file is no socket.
    init(_ path: String, mode: Int) throws(Failure) {
        self.path = path
        self.mode = mode_t(mode)
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                throw Failure(.usage, "can't listen on unix:\(path): there is a file that is no socket")
            }
            guard !Self.isAnswered(path) else {
                throw Failure(.usage, "can't listen on unix:\(path): another server listens there")
            }
        } else if errno != ENOENT {
            throw Failure(.usage, "can't listen on unix:\(path): \(String(cString: strerror(errno)))")
        }
        umask(umask(0o777) | 0o177)
    }

    /// Lets those connect who may. Called once it is listened on.
    ///
    /// - Throws: ``Failure`` of usage when its mode can't be set.
    func open() throws(Failure) {
        guard chmod(path, mode) == 0 else {
            throw Failure(.usage, "can't set the mode of \(path): \(String(cString: strerror(errno)))")
        }
    }

    private static func isAnswered(_ path: String) -> Bool {
        var address = sockaddr_un()
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // Its backlog may be full, and its file may not let us in: it is there all the same.
        return result == 0 || errno != ECONNREFUSED && errno != ENOENT
    }
}
