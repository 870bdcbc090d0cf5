import CMalloc
import Glibc

/// glibc's allocator, told to keep few heaps, and to give memory back where there is little of it.
enum Allocator {
    /// Below this, memory counts for more than the speed of large buffers.
    private static let little = 1 << 30

    /// - Parameter memory: bytes that the process may use.
    static func fit(_ memory: Int) {
        // Otherwise there are eight for each core, which threads take one after the other under load, and each keeps the most
        // that it ever held: memory that grows for days.
        mallopt(M_ARENA_MAX, 4)
        guard memory < little else { return }
        // Without this the threshold rises to the size of each large buffer that is freed, and later ones stay in heaps
        // that small pieces keep from shrinking.
        mallopt(M_MMAP_THRESHOLD, 131_072)
        mallopt(M_TRIM_THRESHOLD, 262_144)
        mallopt(M_ARENA_MAX, 2)
    }
}
