import Boards
import Events
import NIOCore
import Rooms
import StrictJSON

/// Sends one job as named events; the stream ends with the job.
///
/// `progress`, then `completed` or `failed`; the first event is the job's current state.
struct JobDialect: Dialect {
    enum Kind: String, Sendable {
        /// `/api/v1/tasks/{id}/stream`: an unknown job is an `error` event.
        case taskProgress
        /// `/api/jobs/{id}/stream`: failures have details, and heartbeats are events.
        case job
    }

    let kind: Kind
    let job: JobID

    var name: String { "\(kind) \(job)" }

    /// The events that a job's stream needs. When a board is deleted, its jobs are deleted without events of their own.
    static let types = TypeFilter(list: "job.*,board.deleted")!

    func encode(frame: EventFrame) -> Encoded? {
        // The stream is shown at most one board: that of its job.
        if frame.type == .boardDeleted { return gone }
        guard isAboutJob(frame), let job = Self.job(in: frame) else { return nil }
        return encode(job: job)
    }

    /// The current state of a job; that of a finished job is the last event.
    func encode(job: Job) -> Encoded {
        switch job.status {
        case .queued, .processing:
            event("progress") {
                $0.name("id"); $0.string(job.id.rawValue)
                $0.name("status"); $0.string(job.status.rawValue)
                $0.name("progress"); $0.int(job.progress)
                $0.name("message"); $0.text(job.message)
                $0.name("result"); $0.value(job.result ?? .null)
                $0.name("error"); $0.text(job.error)
            }
        case .completed:
            event("completed", isLast: true) {
                $0.name("id"); $0.string(job.id.rawValue)
                $0.name("name"); $0.string(job.name)
                $0.name("status"); $0.string(job.status.rawValue)
                $0.name("progress"); $0.int(job.progress)
                $0.name("result"); $0.value(job.result ?? .null)
            }
        case .failed, .cancelled: failed(job.status, job.error, details: job.details)
        }
    }

    /// The answer when the job does not exist, or no longer does.
    var gone: Encoded {
        switch kind {
        case .taskProgress:
            event("error", isLast: true) {
                $0.name("error"); $0.string("Task not found")
            }
        case .job: failed(.failed, "the job was deleted with its board", details: nil)
        }
    }

    func encode(notice: Notice, json: [UInt8]) -> ByteBuffer {
        switch notice {
        case .established(_, _, let retry): StreamBytes.block(retry: retry, json: nil)
        case .resync: StreamBytes.block(name: "stream.resync", json: json)
        case .expiring: StreamBytes.block(name: "token.expiring", json: json)
        case .closing(_, let reconnectAfter):
            StreamBytes.block(name: "stream.closing", retry: reconnectAfter, json: json)
        }
    }

    /// The job's end may be among the events that are gone; a client that comes back begins with it.
    var endsAtResync: Bool { true }

    var heartbeat: ByteBuffer {
        switch kind {
        case .taskProgress: StreamBytes.heartbeat
        case .job: StreamBytes.block(name: "heartbeat", json: Array("{}".utf8))
        }
    }

    private func failed(_ status: JobStatus, _ error: String?, details: JSONValue?) -> Encoded {
        event("failed", isLast: true) {
            $0.name("id"); $0.string(job.rawValue)
            $0.name("status"); $0.string(status.rawValue)
            $0.name("error"); $0.text(error)
            if kind == .job, let details {
                $0.name("details"); $0.value(details)
            }
        }
    }

    private func event(
        _ name: String, isLast: Bool = false, _ body: (inout JSONWriter) -> Void
    ) -> Encoded {
        var json = JSONWriter()
        json.object(body)
        return Encoded(StreamBytes.block(name: name, json: json.bytes), isLast: isLast)
    }

    // MARK: Events of jobs

    /// Whether the event is about this job. Only the beginning of the object is searched, so that events of other jobs
    /// are not parsed: `jobId` precedes anything that a client has written.
    private func isAboutJob(_ frame: EventFrame) -> Bool {
        frame.type.family == "job" && frame.json.readableBytesView.prefix(256).contains("\"jobId\":\"\(job)\"".utf8)
    }

    /// A job's JSON is nested a little deeper than the body in which a client may have sent it.
    private static func job(in frame: EventFrame) -> Job? {
        let limits = JSONParser.Limits(depth: 40)
        let event = try? JSONParser.parse(frame.json.readableBytesView, limits: limits).object
        return event?["job"]?.object.flatMap { Job($0) }
    }
}

extension JSONWriter {
    fileprivate mutating func text(_ text: String?) {
        if let text { string(text) } else { null() }
    }
}
