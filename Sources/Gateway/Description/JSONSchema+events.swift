import Boards
import Events
import StrictJSON

/// The objects on streams that are not in the log.
extension JSONSchema {
    /// One with `type`, these members and `timestamp`.
    static func event(_ type: String, _ members: [Member]) -> JSONSchema {
        object([.required("type", exactly(type))] + members + [.required("timestamp", .time)])
    }

    static let logged = Event.schema

    static let established = event(
        "connection.established",
        [
            .required("connectionId", .connectionID), .required("userId", .userID), .required("tenant", .text()),
            .required("boards", .array(of: .boardID)), .required("cursor", .cursor),
            .required("recovered", boolean.described("Whether the cursor that was given is honoured.")),
            .required("behind", integer(from: 0).described("The numbers between the cursor and the head.")),
            .required("heartbeatSeconds", .integer(from: 0)),
        ]
    ).named("ConnectionEstablished")

    static let initial = event(
        "init",
        [
            .required(
                "boards",
                .array(
                    of: .object([
                        .required("id", .boardID), .required("name", .text()),
                        .required("statuses", .array(of: .status)), .required("columns", .array(of: .any)),
                    ]))),
            .required("tasks", .array(of: BoardTask.schema)), .required("count", .integer(from: 0)),
            .required("cursor", .cursor),
        ]
    ).named("Init")

    /// A publication that is not logged.
    static let unlogged = object([
        .required("type", .ownEventType), .optional("boardId", .boardID), .optional("userId", .userID),
        .required("data", .any), .required("actor", .userID), .required("timestamp", .time),
    ]).named("EphemeralEvent")

    static let presenceEvents = [
        event(
            "presence.state",
            [
                .required("boardId", .boardID), .required("users", .array(of: .userID)),
                .required("count", .integer(from: 0)),
            ]
        ).named("PresenceState"),
        event("presence.joined", [.required("boardId", .boardID), .required("userId", .userID)])
            .named("PresenceJoined"),
        event("presence.left", [.required("boardId", .boardID), .required("userId", .userID)])
            .named("PresenceLeft"),
        event(
            "typing",
            [
                .required("boardId", .boardID), .required("taskId", .integer), .required("userId", .userID),
                .required("typing", .boolean),
            ]
        ).named("Typing"),
    ]

    /// ``Events/ResyncReason``.
    static let resyncReason = oneOf(ResyncReason.allCases.map(\.rawValue))

    static let snapshotURL = text(format: "uri-reference").described("Where to load the state anew.")
}
