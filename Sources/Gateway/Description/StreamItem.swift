import Boards
import Events
import StrictJSON

/// One kind of event that a stream sends, for the API's description.
struct StreamItem: Sendable, Equatable {
    /// The field `event`; nil for one that `onmessage` gets.
    let name: String?
    /// Whether it has an `id`, with which a client comes back.
    let hasID: Bool
    /// The JSON in its field `data`.
    let data: JSONSchema

    init(_ data: JSONSchema, hasID: Bool = false) { (name, self.hasID, self.data) = (nil, hasID, data) }

    init(_ name: String, _ data: JSONSchema) { (self.name, hasID, self.data) = (name, false, data) }

    /// The event's fields as an object, each a member (OpenAPI 3.2 §4.14.4).
    var schema: JSONSchema {
        let fields: [JSONSchema.Member?] = [
            name.map { .required("event", .exactly($0)) },
            hasID ? .required("id", .text()) : nil,
            .required("data", .text(of: data)),
            .optional("retry", JSONSchema.integer(from: 0).described("Milliseconds.")),
        ]
        return .object(fields.compactMap { $0 })
    }
}

extension StreamItem {
    // MARK: What the gateway itself says

    private static let expiring = JSONSchema.event("token.expiring", [.required("expiresAt", .time)])
        .named("TokenExpiring")

    private static let closing = JSONSchema.event(
        "stream.closing",
        [
            .required("reason", .oneOf(CloseReason.allCases.map(\.rawValue))),
            .optional("reconnectAfterMilliseconds", .integer(from: 0)), .optional("reconnect", .boolean),
        ]
    ).named("StreamClosing")

    private static let resync = JSONSchema.event(
        "stream.resync",
        [
            .required("reason", .resyncReason), .required("cursor", .cursor), .required("snapshot", .snapshotURL),
        ]
    ).named("StreamResync")

    /// On streams of older systems, whose `onmessage` does not know them.
    private static let notices = [StreamItem("token.expiring", expiring), StreamItem("stream.closing", closing)]

    // MARK: The events of each kind of stream

    static let native =
        [StreamItem(.established, hasID: true), StreamItem(.initial), StreamItem(.logged, hasID: true)]
        + ([resync, closing, expiring, .unlogged] + JSONSchema.presenceEvents).map { StreamItem($0) }

    static let numbered = [StreamItem(.logged, hasID: true), StreamItem(resync, hasID: true)] + notices

    static func job(_ kind: JobDialect.Kind) -> [StreamItem] {
        [
            StreamItem(
                "progress",
                JSONSchema.object(
                    jobMembers(
                        ["queued", "processing"],
                        [
                            .required("message", JSONSchema.text().orNull), .required("result", .any),
                            .required("error", JSONSchema.text().orNull),
                        ])
                ).named("JobStreamProgress")),
            StreamItem(
                "completed",
                JSONSchema.object(
                    jobMembers(
                        ["completed"],
                        [
                            .required("name", .text()), .required("result", .any),
                        ])
                ).named("JobStreamCompleted")),
            StreamItem(
                "failed",
                JSONSchema.object([
                    .required("id", .jobID), .required("status", .oneOf(["failed", "cancelled"])),
                    .required("error", JSONSchema.text().orNull), .optional("details", .any),
                ]).named("JobStreamFailed")),
            kind == .job
                ? StreamItem("heartbeat", .object([])) : StreamItem("error", .object([.required("error", .text())])),
            StreamItem("stream.resync", resync),
        ] + notices
    }

    private static func jobMembers(_ status: [String], _ others: [JSONSchema.Member]) -> [JSONSchema.Member] {
        [
            .required("id", .jobID), .required("status", .oneOf(status)), .required("progress", .integer(0...100)),
        ] + others
    }

    static let taskList =
        [
            StreamItem(list("connected", [])),
            StreamItem(list("init", [.required("tasks", tasks), count])),
            StreamItem(list("update", [.required("tasks", tasks), count, news])),
            StreamItem(
                list(
                    "delta",
                    [
                        .required("added", tasks), .required("changed", tasks),
                        .required("removed", .array(of: .integer(from: 1))), count, news,
                    ])),
            StreamItem(list("notification", [.required("message", .text()), .required("severity", .text())])),
        ] + notices

    private static let tasks = JSONSchema.array(of: BoardTask.schema)
    private static let count = JSONSchema.Member.required("count", .integer(from: 0))
    private static let news = JSONSchema.Member.required("newTasksCount", .integer(from: 0))

    private static func list(_ type: String, _ members: [JSONSchema.Member]) -> JSONSchema {
        .object(
            [.required("type", .exactly(type))] + members + [
                .required("timestamp", JSONSchema.integer.described("Milliseconds since 1970."))
            ])
    }
}
