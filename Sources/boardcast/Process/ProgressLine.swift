import Glibc

/// Shows a command's progress on one line of stderr. Nothing is shown when stderr is not a terminal.
struct ProgressLine: Sendable {
    private let isShown = isatty(STDERR_FILENO) == 1

    /// Replaces the line that was shown before.
    func show(_ line: String) {
        guard isShown else { return }
        let bytes = Array("\r\u{1B}[K\(line)".utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    func clear() { show("") }
}
