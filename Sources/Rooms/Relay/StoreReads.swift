import DequeModule
import Events
import NIOCore

/// Pages for readers further back than memory reaches, a few at a time, so that a storm of them is no storm of queries.
///
/// `@unchecked Sendable`: touched on the hub's loop alone.
final class StoreReads: @unchecked Sendable {
    private unowned let hub: LoopHub
    private let atOnce: Int
    private var underWay = 0
    /// As many as there are connections at most.
    private var waiting: Deque<@Sendable () -> Void> = []

    init(hub: LoopHub, atOnce: Int) {
        self.hub = hub
        self.atOnce = atOnce
    }

    /// Reads the page after the reader's cursor and gives it.
    func request(_ reader: Reader) {
        let hub = hub
        let limits = hub.limits
        reader.isReading = true
        reader.hasMissedPresence = true
        let (tenant, wire, selections) = (reader.tenant, reader.wire, reader.selections)
        let (selection, cursor, end) = reader.reading
        run {
            guard let history = hub.relay.history else { throw RoomError.unavailable }
            let page = try await history.page(
                of: tenant, after: cursor, selection: selection, count: 1000, bytes: limits.pageBytes)
            return (page, FrameBuffer(page.events.filter { $0.seq <= end }, epoch: page.bounds.epoch, on: wire))
        } then: { result in
            reader.isReading = false
            // Whoever is blocked reads again when its socket takes bytes.
            guard reader.state == .behind, reader.blockedSince == nil else { return }
            // It is shown something else by now.
            guard reader.selections == selections else { return hub.read(reader) }
            switch result {
            case .failure: hub.drop(reader)
            case .success(let (page, _)) where cursor < page.bounds.oldest - 1:
                hub.resync(reader, .cursorExpired)
            case .success(let (page, frames)): hub.give(frames, upTo: page.end, to: reader)
            }
        }
    }

    /// Runs `read` off the loop when its turn comes, and `then` with its outcome on the loop.
    func run<Value: Sendable>(
        _ read: @escaping @Sendable () async throws -> Value,
        then: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        guard underWay < atOnce else {
            waiting.append { [self] in run(read, then: then) }
            return
        }
        underWay += 1
        let loop = hub.loop
        Task {
            let result: Result<Value, any Error>
            do { result = .success(try await read()) } catch { result = .failure(error) }
            loop.execute { [self] in
                underWay -= 1
                then(result)
                if underWay < atOnce, let next = waiting.popFirst() { next() }
            }
        }
    }
}

extension FrameBuffer {
    init(_ events: [Event], epoch: Epoch, on wire: Wire) {
        self.init()
        for event in events { append(wire.tell(EventFrame(event, epoch: epoch)), seq: event.seq) }
    }
}
