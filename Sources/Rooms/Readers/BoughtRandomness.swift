import Glibc
import Synchronization

/// The system's random numbers, fetched 32 at a time: a connect draws two, and a system call for each would cost more
/// than all that is done with them. Safe to use from any thread.
struct BoughtRandomness: RandomNumberGenerator {
    private struct Stock {
        var numbers = InlineArray<32, UInt64>(repeating: 0)
        var left = 0
    }

    private static let stock = Mutex(Stock())

    func next() -> UInt64 {
        Self.stock.withLock { stock in
            if stock.left == 0 { Self.fill(&stock) }
            stock.left -= 1
            return stock.numbers[stock.left]
        }
    }

    private static func fill(_ stock: inout Stock) {
        var numbers = stock.numbers.mutableSpan
        numbers.withUnsafeMutableBytes { bytes in
            // 256 bytes at most come whole or not at all, and fail on no system that Swift runs on (getentropy(3)).
            precondition(getentropy(bytes.baseAddress, bytes.count) == 0, "the system has no random numbers")
        }
        stock.left = numbers.count
    }
}
