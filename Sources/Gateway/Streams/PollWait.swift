import NIOCore
import Rooms

/// Waits on behalf of a poll until the log has something for it: a reader without a socket.
///
/// It is admitted like any other, counts under the limits, and ends with its token, by an admin's cut and when the
/// gateway goes down.
enum PollWait {
    enum Outcome: Sendable {
        /// There is something to read.
        case news
        /// Nothing came in time.
        case quiet
        /// The reader was ended; nothing more may be sent to it.
        case ended
    }

    /// - Parameter request: for ``Wire/poll``, with the cursor after which there was nothing to read.
    /// - Throws: ``ReaderAdmission/Refusal``.
    static func run(
        _ request: StreamRequest, admission: ReaderAdmission, upTo time: TimeAmount
    ) async throws -> Outcome {
        guard let hub = admission.relay.hubs.randomElement() else { throw ReaderAdmission.Refusal.room(.unavailable) }
        let sink = PollSink(hub)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                hub.loop.execute {
                    sink.open(request, admission: admission, upTo: time) { continuation.resume(with: $0) }
                }
            }
        } onCancel: {
            hub.loop.execute { sink.end(.success(.ended)) }
        }
    }
}

/// Notes that something was sent, and ends the wait. `@unchecked Sendable`: touched on its loop alone.
private final class PollSink: Sink, @unchecked Sendable {
    private let hub: LoopHub
    private var reader: Reader?
    private var timer: Scheduled<Void>?
    private var ended: ((Result<PollWait.Outcome, any Error>) -> Void)?
    private var isCancelled = false
    let queuedBytes = 0
    let silence: Int64? = nil

    init(_ hub: LoopHub) { self.hub = hub }

    func open(
        _ request: StreamRequest, admission: ReaderAdmission, upTo time: TimeAmount,
        ended: @escaping (Result<PollWait.Outcome, any Error>) -> Void
    ) {
        guard !isCancelled else { return ended(.success(.ended)) }
        self.ended = ended
        timer = hub.loop.scheduleTask(in: time) { self.end(.success(.quiet)) }
        admission.admit(
            request.principal, to: hub, { _ in .ready(request) },
            // The client may have left while the tenant was loaded.
            on: { [self] _ in isCancelled ? nil : self }
        ) { [self] result in
            switch result {
            case .success(let reader):
                self.reader = reader
                if self.ended == nil { reader.drop() }
            case .failure(let error): end(.failure(error))
            }
        }
    }

    func end(_ outcome: Result<PollWait.Outcome, any Error>) {
        isCancelled = true
        guard let ended else { return }
        self.ended = nil
        timer?.cancel()
        ended(outcome)
        // Not within a sweep that is writing to this very connection.
        hub.loop.execute { self.reader.map { $0.drop() } }
    }

    func send(_ bytes: ByteBuffer) -> Int? {
        if bytes.readableBytes > 0 { end(.success(.news)) }
        return bytes.readableBytes
    }

    func queue(_ bytes: ByteBuffer, drained: @escaping () -> Void) {}
    func finish(_ bytes: ByteBuffer) { end(.success(.ended)) }
    func abort() { end(.success(.ended)) }
}
