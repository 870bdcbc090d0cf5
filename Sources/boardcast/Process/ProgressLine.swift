import Glibc

/// The line of stderr that shows how far a command is. Where stderr is no terminal nothing is shown.
struct ProgressLine: Sendable {
    private let isShown = isatty(STDERR_FILENO) == 1

    /// Takes the place of what was shown before.
    func show(_ line: String) {
        guard isShown else { return }
        let bytes = Array("\r\u{1B}[K\(line)".utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    func clear() { show("") }
}
