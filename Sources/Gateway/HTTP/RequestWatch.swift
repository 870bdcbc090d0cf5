import NIOCore

/// One timer for each event loop: once a second it checks the pace of all connections of this loop that are still
/// speaking HTTP requests. When others wait to be accepted, those that are idle longest are closed.
///
/// `@unchecked Sendable`: used on its loop alone. It holds at most as many connections as are accepted.
final class RequestWatch: @unchecked Sendable {
    let loop: any EventLoop
    private let connections: OpenConnections
    private var watched: [ObjectIdentifier: any WatchedConnection] = [:]
    private var timer: RepeatedTask?
    private var looksAgain = false
    private var isQuiescing = false

    /// Of so many idle connections, one is closed at a time: to choose them takes a look at each.
    private static let share = 64

    init(loop: any EventLoop, connections: OpenConnections) {
        self.loop = loop
        self.connections = connections
    }

    /// Closes the connections that have been without a request to be answered longest, as many as the listener waits
    /// for; where there is none, those that have waited longest for the rest of a body.
    func makeRoom() {
        guard connections.isAwaited else { return }
        let now = loop.now
        var idle = watched.values.compactMap { requests in requests.idleSince(at: now).map { (requests, since: $0) } }
        if idle.isEmpty {
            idle = watched.values.compactMap { requests in requests.pausedSince(at: now).map { (requests, since: $0) } }
        }
        let count = max(connections.excess, idle.count / Self.share)
        for (requests, _) in idle.sorted(by: { $0.since < $1.since }).prefix(count) { requests.makeRoom() }
        // Those that are new may be idle soon.
        guard idle.isEmpty, !watched.isEmpty, !looksAgain else { return }
        looksAgain = true
        loop.scheduleTask(in: RequestPace.shortestIdle) { [weak self] in
            self?.looksAgain = false
            self?.makeRoom()
        }
    }

    /// A connection has become idle; it may be the only one that can give way.
    func aConnectionIsIdle() {
        guard connections.isAwaited else { return }
        // The answer is still being written.
        loop.execute { self.makeRoom() }
    }

    /// Ends the connections that are here now, and each that comes later.
    func quiesce() {
        isQuiescing = true
        for requests in Array(watched.values) { requests.quiesce() }
    }

    func add(_ requests: any WatchedConnection) {
        watched[ObjectIdentifier(requests)] = requests
        if isQuiescing { loop.assumeIsolated().execute { requests.quiesce() } }
        guard timer == nil else { return }
        timer = loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] _ in
            guard let self else { return }
            let now = loop.now
            for requests in watched.values { requests.look(at: now) }
            makeRoom()
        }
    }

    func remove(_ requests: any WatchedConnection) {
        watched[ObjectIdentifier(requests)] = nil
        guard watched.isEmpty else { return }
        timer?.cancel()
        timer = nil
    }
}
