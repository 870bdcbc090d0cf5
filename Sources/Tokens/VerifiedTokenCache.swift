import Events
import Synchronization

/// What tokens that passed every rule but the clock's said, by the tokens' SHA-256. Holds no token.
///
/// Once it holds `capacity`, the oldest entry makes room, in constant time. Safe to use from any thread.
final class VerifiedTokenCache: Sendable {
    private struct Entries {
        var places: [TokenDigest: Int] = [:]
        var ring: [(digest: TokenDigest, principal: Principal)] = []
        var oldest = 0
    }

    private let capacity: Int
    static let mostBoards = 64
    private let entries = Mutex(Entries())

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.withLock { $0.ring.count } }

    /// The caller compares their dates with the clock, each time.
    func principal(for digest: TokenDigest) -> Principal? {
        entries.withLock { entries in entries.places[digest].map { entries.ring[$0].principal } }
    }

    /// Remembers `principal`, unless it names so many boards that remembering many of its kind would take much memory.
    func insert(_ principal: Principal, for digest: TokenDigest) {
        if case .only(let boards) = principal.boards, boards.count > Self.mostBoards { return }
        entries.withLock { entries in
            guard entries.places[digest] == nil else { return }
            if entries.ring.count < capacity {
                entries.places[digest] = entries.ring.count
                entries.ring.append((digest, principal))
            } else {
                entries.places[entries.ring[entries.oldest].digest] = nil
                entries.places[digest] = entries.oldest
                entries.ring[entries.oldest] = (digest, principal)
                entries.oldest = (entries.oldest + 1) % capacity
            }
        }
    }
}
