import Synchronization
import Text

/// A job's progress as a bar on stderr, when that is a terminal. Lines of the command's output go above it.
final class JobBar: Sendable {
    private let line = ProgressLine()
    private let shown = Mutex<(text: String?, message: String)>((nil, ""))

    /// - Parameter message: nil leaves the last one.
    func show(percent: Int, message: String?) {
        let text = shown.withLock {
            $0.message = message ?? $0.message
            let text = ProgressMeter.bar(percent, before: ProgressMeter.percent(percent) + $0.message.printable)
            $0.text = text
            return text
        }
        line.show(text)
    }

    /// Removes the bar while `write` writes.
    func above(_ write: () -> Void) {
        guard let text = shown.withLock({ $0.text }) else { return write() }
        line.clear()
        write()
        line.show(text)
    }

    func clear() {
        if shown.withLock({ $0.text != nil }) { line.clear() }
    }
}
