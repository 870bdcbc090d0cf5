public import Foundation

/// A task of a board.
public struct BoardTask: Codable, Sendable, Equatable, Identifiable {
    public let id: Int
    public let boardId: String
    public let name: String
    public let description: String?
    /// One of the board's statuses.
    public let status: String
    /// `low`, `medium`, `high` or `urgent`.
    public let priority: String?
    public let assigneeId: String?
    public let labels: [String]?
    /// RFC 3339.
    public let dueAt: String?
    /// Tasks of a column are in the order of their ranks, compared by Unicode scalars.
    public let rank: String?
    /// For `version:` of a write.
    public let version: Int
    public let createdBy: String?
    public let createdAt: Date
    public let updatedAt: Date
}

/// What a write sets; what is nil stays as it is.
public struct TaskFields: Codable, Sendable, Equatable {
    public var name: String?
    var boardId: String?
    public var description: String?
    public var status: String?
    public var priority: String?
    public var assigneeId: String?
    public var labels: [String]?
    public var dueAt: String?

    public init(
        name: String? = nil, description: String? = nil, status: String? = nil, priority: String? = nil,
        assigneeId: String? = nil, labels: [String]? = nil, dueAt: String? = nil
    ) {
        (self.name, self.description, self.status, self.priority) = (name, description, status, priority)
        (self.assigneeId, self.labels, self.dueAt) = (assigneeId, labels, dueAt)
    }
}

/// A write's result: the task after it, and the number of its event.
public struct TaskReceipt: Codable, Sendable, Equatable {
    public let task: BoardTask
    public let seq: Int
}

public struct Board: Codable, Sendable, Equatable, Identifiable {
    public struct Column: Codable, Sendable, Equatable, Identifiable {
        /// The status of its tasks.
        public let id: String
        public let name: String
        /// How many tasks it should hold at most; nothing enforces it.
        public let limit: Int?
    }

    public let id: String
    public let name: String
    /// From left to right.
    public let columns: [Column]
    public let version: Int
}

/// A board's state, and the cursor that it is true at.
public struct BoardSnapshot: Codable, Sendable, Equatable {
    public let board: Board
    public let tasks: [BoardTask]
    public let cursor: String
}

/// Work that takes a while.
public struct Job: Codable, Sendable, Equatable, Identifiable {
    public let id: String
    public let name: String
    /// `queued`, `processing`, `completed`, `failed` or `cancelled`.
    public let status: String
    /// 0 to 100.
    public let progress: Int?
    public let message: String?
}

/// JSON as the gateway has it: times with milliseconds.
enum BoardcastJSON {
    static func decode<Value: Decodable>(_ data: Data) throws(BoardcastError) -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return try Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
        do { return try decoder.decode(Value.self, from: data) } catch {
            throw .notUnderstood(String(decoding: data.prefix(200), as: UTF8.self))
        }
    }

    static func encode(_ value: some Encodable) throws -> Data { try JSONEncoder().encode(value) }
}
