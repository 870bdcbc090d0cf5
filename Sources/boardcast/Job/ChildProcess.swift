import Client
import Dispatch
import Glibc

/// A command and its descendants, in their own process group, whose stdout we read.
struct ChildProcess: Sendable {
    private let id: pid_t
    private let output: CInt

    /// How it ended.
    enum Exit: Sendable, Equatable {
        case code(Int32)
        case signal(Int32)
    }

    /// Starts `command`, looked for in `PATH`. It inherits our stdin unless that is a terminal, which only the
    /// foreground group may read.
    ///
    /// - Throws: ``Failure`` of usage when there is no such command.
    static func start(_ command: [String]) throws(Failure) -> ChildProcess {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure(.unexpected, "no pipe: \(problem(errno))") }
        defer { close(ends[1]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        if isatty(STDIN_FILENO) == 1 {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // We ignore some signals, and children inherit that.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var id: pid_t = 0
        let failure = posix_spawnp(&id, command[0], &actions, &attributes, &arguments, environ)
        guard failure == 0 else {
            close(ends[0])
            throw Failure(.usage, "can't run \(command[0]): \(problem(failure))")
        }
        return ChildProcess(id: id, output: ends[0])
    }

    /// Reads everything that is written to stdout, on a separate thread; `body` is called there.
    func read(_ body: @escaping @Sendable (ArraySlice<UInt8>?) -> Void) {
        DispatchQueue(label: "job-output").async { [output] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Glibc.read(output, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                body(buffer[..<count])
            }
            close(output)
            body(nil)
        }
    }

    /// Returns when the command itself has ended.
    func wait() async -> Exit {
        await withCheckedContinuation { ended in
            DispatchQueue(label: "job-end").async { [id] in
                var status: CInt = 0
                while waitpid(id, &status, 0) < 0, errno == EINTR {}
                // WIFSIGNALED and WTERMSIG, WEXITSTATUS.
                let signal = status & 0x7F
                ended.resume(returning: signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal))
            }
        }
    }

    /// Sends `signal` to the command and its descendants.
    func send(_ signal: CInt) { kill(-id, signal) }

    private static func problem(_ number: CInt) -> String { String(cString: strerror(number)).lowercased() }
}
