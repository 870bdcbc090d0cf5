import ServerSettings
import Synchronization

/// Collects the JWK sets to be fetched again because a token names an unknown key. Holds at most the configured sets.
final class UnknownKeys: Sendable {
    private struct State {
        var sets: [KeyURL] = []
        var asked: Set<KeyURL> = []
    }

    private let state = Mutex(State())

    /// Replaces the sets that may be requested.
    func watch(_ sets: [KeyURL]) { state.withLock { $0 = State(sets: sets) } }

    /// - Parameter issuer: the token's issuer, unverified.
    func note(issuer: String?) {
        state.withLock { state in
            if let own = state.sets.first(where: { $0.issuer != nil && $0.issuer == issuer }) {
                state.asked.insert(own)
            } else {
                state.asked.formUnion(state.sets.filter { $0.issuer == nil })
            }
        }
    }

    /// Takes the sets that were requested since the last call.
    func take() -> Set<KeyURL> {
        state.withLock { state in
            defer { state.asked = [] }
            return state.asked
        }
    }
}
