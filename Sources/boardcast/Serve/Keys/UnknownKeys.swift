import ServerSettings
import Synchronization

/// Which JWK sets are to be fetched anew because a token names a key that is not known. Holds no more than there are sets.
final class UnknownKeys: Sendable {
    private struct State {
        var sets: [KeyURL] = []
        var asked: Set<KeyURL> = []
    }

    private let state = Mutex(State())

    /// From now on these are the sets that can be asked for.
    func watch(_ sets: [KeyURL]) { state.withLock { $0 = State(sets: sets) } }

    /// - Parameter issuer: as the token has it, not believed.
    func note(issuer: String?) {
        state.withLock { state in
            if let own = state.sets.first(where: { $0.issuer != nil && $0.issuer == issuer }) {
                state.asked.insert(own)
            } else {
                state.asked.formUnion(state.sets.filter { $0.issuer == nil })
            }
        }
    }

    /// Those asked for since the last time.
    func take() -> Set<KeyURL> {
        state.withLock { state in
            defer { state.asked = [] }
            return state.asked
        }
    }
}
