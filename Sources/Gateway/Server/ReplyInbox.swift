import NIOCore
import Synchronization

/// What the store's writer has finished for the connections of one event loop: taken there all at once, however many
/// writes were committed together. As long as the writes that wait for the writer, which are bounded.
final class ReplyInbox: Sendable {
    typealias Reply = @Sendable () -> Void

    let loop: any EventLoop
    private let waiting = Mutex<[Reply]>([])

    init(_ loop: any EventLoop) { self.loop = loop }

    /// Has `reply` called on the loop, on a later tick. Thread-safe.
    func post(_ reply: @escaping Reply) {
        let isFirst = waiting.withLock { waiting in
            waiting.append(reply)
            return waiting.count == 1
        }
        if isFirst { loop.execute { self.take() } }
    }

    private func take() {
        let replies = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for reply in replies { reply() }
    }
}
