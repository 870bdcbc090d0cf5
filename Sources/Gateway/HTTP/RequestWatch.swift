import NIOCore

/// One timer for each event loop: once a second it checks the pace of all connections of this loop that are still
/// speaking HTTP requests.
///
/// `@unchecked Sendable`: used on its loop alone. It holds at most as many connections as are accepted.
final class RequestWatch: @unchecked Sendable {
    let loop: any EventLoop
    private var watched: [ObjectIdentifier: RequestGuard] = [:]
    private var timer: RepeatedTask?

    init(loop: any EventLoop) { self.loop = loop }

    func add(_ requests: RequestGuard) {
        watched[ObjectIdentifier(requests)] = requests
        guard timer == nil else { return }
        timer = loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] _ in
            guard let self else { return }
            let now = loop.now
            for requests in watched.values { requests.look(at: now) }
        }
    }

    func remove(_ requests: RequestGuard) {
        watched[ObjectIdentifier(requests)] = nil
        guard watched.isEmpty else { return }
        timer?.cancel()
        timer = nil
    }
}
