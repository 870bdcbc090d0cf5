import Boards
import Events
import StrictJSON
import Synchronization

/// Asking the other nodes: an order, and what each of them replies.
extension Nodes {
    /// Orders that calls wait for at once; beyond, they are refused as busy.
    static let mostAsking = 32

    struct Replies {
        var all: [NodeID: JSONObject] = [:]
        /// The nodes that were asked.
        var asked: [NodeState] = []

        /// Those that said nothing in time.
        var silent: [NodeState] { asked.filter { all[$0.id] == nil } }
    }

    /// Gives an order to the others and waits until all have replied, or one reply is `enough`; ``patience`` at most.
    ///
    /// - Throws: ``Problem`` 503 when the order can't be given.
    func ask(
        _ content: Order.Content, of tenant: TenantID, until isEnough: (JSONObject) -> Bool = { _ in false }
    ) async throws(Problem) -> Replies {
        var replies = Replies(asked: others)
        guard !replies.asked.isEmpty else { return replies }
        guard
            asking.withLock({ asking in
                guard asking < Self.mostAsking else { return false }
                asking += 1
                return true
            })
        else { throw Problem(StoreFailure.busy(retryAfter: .seconds(1))) }
        defer { asking.withLock { $0 -= 1 } }
        do throws(StoreFailure) {
            let number = try await store.order(content, of: tenant, by: id)
            let end = ContinuousClock.now + Self.patience
            var pause = Duration.milliseconds(5)
            while ContinuousClock.now < end {
                for (node, body) in try await store.replies(to: number) {
                    replies.all[node] = (try? JSONParser.parse(body, limits: Self.limits))?.object ?? JSONObject()
                }
                if replies.silent.isEmpty || replies.all.values.contains(where: isEnough) { return replies }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(50))
            }
        } catch {
            throw Problem(error)
        }
        return replies
    }

    /// Of a reply.
    private static let limits = JSONParser.Limits(bytes: 32 << 20)
}
