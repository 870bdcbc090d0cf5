import Glibc

/// Another program, run to its end.
///
/// Foundation's `Process` reads beyond the directory entries of `/proc/self/fd`, and crashes now and then in a process
/// with many open files.
public enum ChildProcess {
    /// Why it could not be run: `errno`.
    public struct Failure: Error {
        public let number: Int32
    }

    /// - Parameters:
    ///   - program: looked up in `PATH`.
    ///   - input: for its standard input; it must read all of it before it writes much.
    /// - Returns: its exit code, or -1 after a signal, and what it wrote to its standard output.
    public static func run(
        _ program: String, _ arguments: [String], input: [UInt8] = []
    ) throws(Failure) -> (status: Int32, output: [UInt8]) {
        let (stdin, stdout) = (try pipe(), try pipe())
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin.read, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, stdout.write, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        let failure = posix_spawnp(&child, program, &actions, nil, &words, environ)
        close(stdin.read)
        close(stdout.write)
        guard failure == 0 else {
            close(stdin.write)
            close(stdout.read)
            throw Failure(number: failure)
        }
        var rest = input[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(stdin.write, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            rest = rest.dropFirst(count)
        }
        close(stdin.write)
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(stdout.read, &piece, piece.count)
            if count <= 0 { break }
            output += piece[..<count]
        }
        close(stdout.read)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return (status & 0x7F == 0 ? (status >> 8) & 0xFF : -1, output)
    }

    private static func pipe() throws(Failure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw Failure(number: errno) }
        // Other children do not inherit it.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
