import Foundation

/// The memory that this process may use.
public enum AvailableMemory {
    /// The machine's, or the least of the limits of the control groups that the process is in.
    public static let bytes =
        groupLimit(
            groups: (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? "", at: "/sys/fs/cgroup"
        ).map { min($0, machine) } ?? machine

    private static let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)

    /// The least limit of a process's control groups (cgroups(7)) and of those that they are in.
    ///
    /// - Parameters:
    ///   - groups: lines of `ID:CONTROLLERS:PATH`; of version 2 when there are no controllers.
    ///   - root: where the file system of control groups is mounted.
    static func groupLimit(groups: String, at root: String) -> Int? {
        var limits: [Int] = []
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let (folder, file): (String, String)
            switch parts[1] {
            case "": (folder, file) = (root, "memory.max")
            case let names where names.split(separator: ",").contains("memory"):
                (folder, file) = (root + "/memory", "memory.limit_in_bytes")
            default: continue
            }
            // In a container the path may be the host's, of which only the root is to be seen.
            var path = parts[2].split(separator: "/").map(String.init)
            while true {
                if let limit = number(in: ([folder] + path + [file]).joined(separator: "/")) { limits.append(limit) }
                if path.popLast() == nil { break }
            }
        }
        return limits.min()
    }

    /// Nil for a file that is missing, or says `max`.
    private static func number(in path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
