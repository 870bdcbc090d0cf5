public import Events
public import StrictJSON

/// A piece of work whose worker reports its progress: an import, a build, the making of an index.
public struct Job: Sendable, Equatable {
    public let id: JobID
    /// The board whose readers get the job's events; nil when only its creator gets them.
    public let board: BoardID?
    /// 1 to 200 characters.
    public let name: String
    /// What the worker is to work on; not part of events.
    public let input: JSONValue?
    public internal(set) var status: JobStatus
    /// 0 to 100; never falls, and is 100 when the job is completed.
    public internal(set) var progress: Int
    public internal(set) var message: String?
    public internal(set) var result: JSONValue?
    /// Why it failed, in a sentence or a word: `stalled` when its worker stopped reporting, `cancelled` when a user
    /// cancelled it.
    public internal(set) var error: String?
    public internal(set) var details: JSONValue?
    /// 1 when made; increased by each report, even one that changes nothing.
    public internal(set) var version: Int
    public let createdBy: UserID
    public let createdAt: Timestamp
    /// When its worker last reported.
    public internal(set) var updatedAt: Timestamp

    public init(
        id: JobID, board: BoardID?, name: String, input: JSONValue?, status: JobStatus = .queued, progress: Int = 0,
        message: String? = nil, result: JSONValue? = nil, error: String? = nil, details: JSONValue? = nil,
        version: Int = 1, createdBy: UserID, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.board = board
        self.name = name
        self.input = input
        self.status = status
        self.progress = progress
        self.message = message
        self.result = result
        self.error = error
        self.details = details
        self.version = version
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Who gets the job's events.
    public var audience: Audience { board.map { .board($0) } ?? .user(createdBy) }

    /// Writes the object as clients see it.
    ///
    /// - Parameter withInput: false in events, which are many.
    public func write(into json: inout JSONWriter, withInput: Bool = true) {
        json.object {
            $0.name("id"); $0.string(id.rawValue)
            $0.name("boardId"); $0.value(.init(board?.rawValue))
            $0.name("name"); $0.string(name)
            $0.name("status"); $0.string(status.rawValue)
            $0.name("progress"); $0.int(progress)
            $0.name("message"); $0.value(.init(message))
            if withInput {
                $0.name("input"); $0.value(input ?? .null)
            }
            $0.name("result"); $0.value(result ?? .null)
            $0.name("error"); $0.value(.init(error))
            $0.name("details"); $0.value(details ?? .null)
            $0.name("version"); $0.int(version)
            $0.name("createdBy"); $0.string(createdBy.rawValue)
            $0.name("createdAt"); $0.timestamp(createdAt)
            $0.name("updatedAt"); $0.timestamp(updatedAt)
        }
    }

    /// What ``write(into:withInput:)`` writes.
    public static let schema = JSONSchema.object([
        .required("id", .jobID),
        .required("boardId", JSONSchema.boardID.orNull),
        .required("name", .text(1...200)),
        .required("status", .jobStatus),
        .required("progress", .integer(0...100)),
        .required("message", JSONSchema.text(0...1000).orNull),
        .optional("input", JSONSchema.any.described("Not in events.")),
        .required("result", .any),
        .required("error", JSONSchema.text(0...4000).orNull),
        .required("details", .any),
        .required("version", .integer(from: 1)),
        .required("createdBy", .userID),
        .required("createdAt", .time),
        .required("updatedAt", .time),
    ]).named("Job")

    /// Whether both look the same to a client, byte by byte.
    public static func == (left: Job, right: Job) -> Bool { left.bytes == right.bytes }

    private var bytes: [UInt8] {
        var json = JSONWriter()
        write(into: &json)
        return json.bytes
    }
}

extension Job {
    /// Reads what ``write(into:withInput:)`` wrote; nil for anything else.
    public init?(_ object: JSONObject) {
        func text(_ name: String) -> String? { object[name]?.string }
        func value(_ name: String) -> JSONValue? { object[name].flatMap { $0.isNull ? nil : $0 } }
        guard let id = text("id").flatMap(JobID.init), let name = text("name"),
            let status = text("status").flatMap(JobStatus.init), let progress = object["progress"]?.int,
            let version = object["version"]?.int, let createdBy = text("createdBy").flatMap(UserID.init),
            let createdAt = text("createdAt").flatMap(Timestamp.init(rfc3339:)),
            let updatedAt = text("updatedAt").flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        self.init(
            id: id, board: text("boardId").flatMap(BoardID.init), name: name, input: value("input"), status: status,
            progress: progress, message: text("message"), result: value("result"), error: text("error"),
            details: value("details"), version: version, createdBy: createdBy, createdAt: createdAt,
            updatedAt: updatedAt)
    }
}

extension JSONValue {
    fileprivate init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }
}

extension Principal {
    /// Whether the job is visible: jobs of the boards that the token allows, and those that its user created; with a
    /// token for every board, also jobs without a board.
    public func sees(_ job: Job) -> Bool { sees(jobOf: job.createdBy, on: job.board) }

    /// The same, from the creator and the board alone.
    public func sees(jobOf creator: UserID, on board: BoardID?) -> Bool {
        creator == user || board.map(boards.contains) ?? (boards == .all)
    }
}
