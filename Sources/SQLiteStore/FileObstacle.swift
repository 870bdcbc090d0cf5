import Foundation

/// Finds out from the file system why a database can't be opened, since SQLite's codes do not say.
enum FileObstacle {
    /// The first obstacle with the file, SQLite's other files, or their folder; nil when there is none.
    static func first(before path: String) -> String? {
        for name in [path, path + "-wal", path + "-shm"] {
            var status = stat()
            guard stat(name, &status) == 0 else {
                if errno == ENOENT { continue }
                return at(name, path, String(cString: strerror(errno)))
            }
            if let kind = kind(status) { return at(name, path, "it is \(kind), not a file") }
            if access(name, R_OK | W_OK) != 0 { return at(name, path, String(cString: strerror(errno))) }
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard access(folder, W_OK | X_OK) == 0 else { return "\(folder): \(String(cString: strerror(errno)))" }
        return nil
    }

    /// What it is instead of a regular file; nil for a regular file.
    static func kind(_ status: stat) -> String? {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a directory"
        case S_IFIFO: "a FIFO"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "something else"
        }
    }

    private static func at(_ name: String, _ path: String, _ reason: String) -> String {
        name == path ? reason : "\(name): \(reason)"
    }
}
