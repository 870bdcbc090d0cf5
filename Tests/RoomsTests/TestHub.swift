import Events
import NIOCore
import NIOPosix
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Rooms

/// A relay with one loop and one log, and readers that join it.
final class TestHub: Sendable {
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    let relay: Relay
    let log: TestLog
    let loop: any EventLoop
    let hub: LoopHub

    init(
        _ limits: RoomLimits = .immediate, on loop: any EventLoop = group.any(),
        wallClock: @escaping @Sendable () -> Timestamp = { 0 }
    ) {
        relay = Relay(limits: limits, clock: wallClock)
        log = TestLog(relay: relay)
        self.loop = loop
        relay.start(history: log, on: [loop])
        hub = relay.hub(on: loop)!
    }

    /// Opens a stream; returns once it is known whether there is one.
    func join(
        _ selection: Selection = Selection(boards: .all), user: String = "someone", after cursor: String? = nil,
        on wire: Wire = .eventStream, room: Int = .max, expiresAt: Timestamp = .never, lifetime: Duration? = nil,
        snapshot: (@Sendable () async throws -> StreamRequest.Snapshot)? = nil
    ) async throws -> TestReader {
        let request = StreamRequest(
            principal: Principal(tenant: TestLog.tenant, user: UserID(user)!, expiresAt: expiresAt),
            selection: selection,
            wire: wire, cursor: cursor, head: ByteBuffer(), snapshotURL: "/api/boards/main/snapshot",
            snapshot: snapshot, lifetime: lifetime)
        let reader = TestReader(room: room)
        try await loop.submit { [hub] in
            hub.open(request, on: reader.sink) { reader.outcome = $0 }
        }.get()
        try await settle { reader.outcome != nil }
        return reader
    }

    /// Opens a stream and waits until it stands at the head.
    func joinLive(
        _ selection: Selection = Selection(boards: .all), user: String = "someone", after cursor: String? = nil,
        on wire: Wire = .eventStream
    ) async throws -> TestReader {
        let reader = try await join(selection, user: user, after: cursor, on: wire)
        try await settle { reader.reader?.state == .live }
        return reader
    }

    /// Lets the loop, its timers and the reads of the log go on until `done`.
    func settle(at place: SourceLocation = #_sourceLocation, _ done: @escaping @Sendable () -> Bool) async throws {
        try await loop.settle(at: place, done)
    }

    /// `value`, read on the loop.
    func read<Value: Sendable>(_ value: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await loop.submit(value).get()
    }

    /// Drops `reader`, and with it whatever it has in the rooms.
    func leave(_ reader: TestReader) async throws {
        try await read { reader.reader.map { $0.drop() } }
    }
}

extension RoomLimits {
    /// However long a slow reader takes on a slow machine, it is not cut.
    static var patient: RoomLimits {
        var limits = RoomLimits()
        limits.stall = .forever
        return limits
    }

    /// Swept with each tick, so that no test waits for a timer.
    static var immediate: RoomLimits {
        var limits = patient
        limits.coalesce = .zero
        return limits
    }
}

/// One connection's client. Touched on the loop alone.
final class TestReader: @unchecked Sendable {
    let sink: TestSink
    var outcome: Result<Reader, RoomError>?

    init(room: Int) { sink = TestSink(room: room) }

    var reader: Reader? { try? outcome?.get() }
    var refusal: RoomError? { if case .failure(let error) = outcome { error } else { nil } }

    private var strict = StrictStreamReader()
    private var seen = 0
    private var durable: [Int] = []

    /// What has come so far.
    var stream: StrictStreamReader {
        get throws {
            let before = strict.events.count
            let bytes = sink.received.readableBytesView
            if bytes.count > seen { try strict.read(bytes.dropFirst(seen)) }
            seen = bytes.count
            // Without the first, whose id is where the stream began.
            for event in strict.events.dropFirst(max(1, before)) where event.id != nil {
                durable.append(try #require(event.id.flatMap(Cursor.init)).seq)
            }
            return strict
        }
    }

    /// Numbers of the durable events, in the order they came.
    var numbers: [Int] {
        do { _ = try stream } catch { Issue.record(error) }
        return durable
    }

    /// The events' objects, `connection.established` first.
    var objects: [JSONObject] {
        get throws { try stream.events.map { try #require(try JSONParser.parse($0.data.utf8).object) } }
    }

    var types: [String] { get throws { try objects.map { $0["type"]?.string ?? "" } } }
}
