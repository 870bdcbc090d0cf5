public import Events
public import StrictJSON

/// Work whose worker says how it goes: an import, a build, the making of an index.
public struct Job: Sendable, Equatable {
    public let id: JobID
    /// Whose readers hear of it; nil for its creator alone.
    public let board: BoardID?
    /// 1 to 200 characters.
    public let name: String
    /// What the worker is to work on; not told in events.
    public let input: JSONValue?
    public internal(set) var status: JobStatus
    /// 0 to 100; never falls, and is 100 when the job is completed.
    public internal(set) var progress: Int
    public internal(set) var message: String?
    public internal(set) var result: JSONValue?
    /// Why it failed, in a sentence or a word: `stalled` when its worker went silent, `cancelled` when somebody did that.
    public internal(set) var error: String?
    public internal(set) var details: JSONValue?
    /// 1 when made; one more with each report, also one that says nothing new.
    public internal(set) var version: Int
    public let createdBy: UserID
    public let createdAt: Timestamp
    /// When its worker was last heard of.
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

    /// Who hears of it.
    public var audience: Audience { board.map { .board($0) } ?? .user(createdBy) }

    /// As clients see it.
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

    /// The same to a client, byte by byte.
    public static func == (left: Job, right: Job) -> Bool { left.bytes == right.bytes }

    private var bytes: [UInt8] {
        var json = JSONWriter()
        write(into: &json)
        return json.bytes
    }
}

extension Job {
    /// What ``write(into:withInput:)`` wrote; nil when it is something else.
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
    /// Jobs of the boards that the token allows, and those that the holder made; with a token for every board also
    /// those of no board.
    public func sees(_ job: Job) -> Bool { sees(jobOf: job.createdBy, on: job.board) }

    /// The same, by what decides it.
    public func sees(jobOf creator: UserID, on board: BoardID?) -> Bool {
        creator == user || board.map(boards.contains) ?? (boards == .all)
    }
}
