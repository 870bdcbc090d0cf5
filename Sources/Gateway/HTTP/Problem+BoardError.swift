import Boards
import Events
import HTTPTypes
import StrictJSON

extension Problem {
    /// The one place where a store's refusal gets its HTTP status.
    init(_ error: BoardError) {
        switch error {
        case .notFound: self = .notFound
        case .forbidden: self = .boardForbidden()
        case .jobForbidden:
            self.init(
                .jobForbidden, "Only who made the job, a service or an administrator may change it.")
        case .versionMismatch(let task):
            self.init(.versionMismatch, "The task has changed; here is what it is now.")
            attachment = ("task", JSONWriter.bytes { task.write(into: &$0) })
            headers[.eTag] = EntityTag(task).description
        case .boardVersionMismatch(let board):
            self.init(.versionMismatch, "The board has changed; here is what it is now.")
            attachment = ("board", JSONWriter.bytes { board.write(into: &$0) })
            headers[.eTag] = EntityTag(board).description
        case .conflict(let conflict): self.init(.conflict, "This can't be done now: \(conflict).")
        case .invalid(let errors):
            self.init(.invalid, "What was sent can't be taken; see errors.")
            self.errors = errors.map { Field(pointer: $0.pointer, detail: $0.detail) }
        case .keyReused:
            self.init(
                .idempotencyKeyReused,
                "This Idempotency-Key was used for another request in the last 24 hours; take a new one.")
        case .failed(let failure): self.init(failure)
        }
    }

    /// The one place where a store's failure gets its HTTP status; one that the status does not explain is kept for the
    /// log.
    init(_ failure: StoreFailure) {
        switch failure {
        case .busy(let delay):
            self.init(.busy, "Too much is waiting to be written; try again.")
            headers[.retryAfter] = String(max(1, delay.components.seconds))
        case .full:
            self.init(.storageFull, "The disk is full; nothing was written.")
        case .closed:
            self.init(.closing, "The gateway is going down; try again.")
            headers[.retryAfter] = "5"
        case .lost: self = .databaseLost
        case .unreachable(let delay):
            self.init(
                .databaseUnreachable,
                "The database can't be reached, so nothing is acknowledged; try again, a write under the same Idempotency-Key."
            )
            headers[.retryAfter] = String(max(1, delay.components.seconds))
        case .broken, .cancelled:
            self.init(.storage, "The store failed; nothing was written.")
        }
        if case .broken = failure { self.failure = failure }
    }
}

extension Problem {
    static let databaseLost = Problem(
        .databaseLost,
        "The database's files were removed or replaced while the gateway runs; nothing was written."
    ).with(.retryAfter, "30")
}

extension JSONWriter {
    fileprivate static func bytes(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        body(&json)
        return json.bytes
    }
}
