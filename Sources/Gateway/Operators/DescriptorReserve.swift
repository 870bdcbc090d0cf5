import Glibc

/// Descriptors that are kept open for nothing, so that there is one to give up when the process has none left. Used on
/// one event loop.
final class DescriptorReserve {
    private let count: Int
    private var held: [CInt] = []

    init(_ count: Int) {
        self.count = count
        fill()
    }

    deinit { for descriptor in held { close(descriptor) } }

    /// Gives one up. False when none is left.
    func release() -> Bool {
        guard let descriptor = held.popLast() else { return false }
        close(descriptor)
        return true
    }

    /// Takes back what was given up, as far as there is any.
    func fill() {
        while held.count < count {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            held.append(descriptor)
        }
    }
}
