import Events
import NIOCore

/// A follower's place among the readers of an event loop: notes that there is news, and wakes the waiting task.
///
/// `@unchecked Sendable`: its state is touched on its loop alone. The connection ends with the last reference to it.
final class FollowerPlace: @unchecked Sendable {
    enum Outcome: Sendable {
        case news
        case quiet
        /// The right to read has ended, or the waiting task was cancelled.
        case ended
    }

    private let bell: Bell

    private init(_ bell: Bell) { self.bell = bell }

    deinit { bell.loop.execute { [bell] in bell.leave() } }

    /// Opens a reader at the head, which is notified of later commits.
    static func open(_ following: LogFollowing) async throws(RoomError) -> FollowerPlace {
        guard let hub = following.relay.hubs.randomElement() else { throw .unavailable }
        let bell = Bell(on: hub.loop)
        let result: Result<Void, RoomError> = await withCheckedContinuation { continuation in
            hub.loop.execute {
                hub.open(following.request, on: bell) { result in
                    if case .success(let reader) = result {
                        bell.reader = reader
                        if following.isRevoked(following.request.principal) {
                            reader.close(.revoked, reconnectAfter: nil)
                        }
                    }
                    continuation.resume(returning: result.map { _ in })
                }
            }
        }
        try result.get()
        return FollowerPlace(bell)
    }

    func isOpen() async -> Bool {
        await withCheckedContinuation { continuation in
            bell.loop.execute { [bell] in continuation.resume(returning: !bell.isEnded) }
        }
    }

    /// Returns when news has arrived since it last returned ``Outcome/news``, or when the time is up.
    func wait(until deadline: NIODeadline?) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                bell.loop.execute { [bell] in bell.wait(until: deadline) { continuation.resume(returning: $0) } }
            }
        } onCancel: {
            bell.loop.execute { [bell] in bell.leave() }
        }
    }
}

/// The sink of a follower: any bytes count as news, and their content is ignored.
private final class Bell: Sink, @unchecked Sendable {
    let loop: any EventLoop
    var reader: Reader?
    private(set) var isEnded = false
    private var hasNews = false
    private var waiter: ((FollowerPlace.Outcome) -> Void)?
    private var timer: Scheduled<Void>?
    let queuedBytes = 0
    let silence: Duration? = nil

    init(on loop: any EventLoop) { self.loop = loop }

    func wait(until deadline: NIODeadline?, _ waiter: @escaping (FollowerPlace.Outcome) -> Void) {
        if isEnded { return waiter(.ended) }
        if hasNews {
            hasNews = false
            return waiter(.news)
        }
        self.waiter = waiter
        timer = deadline.map { deadline in loop.scheduleTask(deadline: deadline) { self.wake(.quiet) } }
    }

    private func wake(_ outcome: FollowerPlace.Outcome) {
        guard let waiter else { return }
        self.waiter = nil
        timer?.cancel()
        timer = nil
        if outcome == .news { hasNews = false }
        waiter(outcome)
    }

    /// Not within a sweep, which may be writing to this reader.
    func leave() {
        end()
        reader?.drop()
        reader = nil
    }

    private func end() {
        isEnded = true
        wake(.ended)
    }

    func send(_ bytes: ByteBuffer) -> Int? {
        if bytes.readableBytes > 0 {
            hasNews = true
            wake(.news)
        }
        return bytes.readableBytes
    }

    func queue(_ bytes: ByteBuffer, drained: @escaping () -> Void) {}
    func finish(_ bytes: ByteBuffer) { end() }
    func abort() { end() }
}
