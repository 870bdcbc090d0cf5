import Events
public import StrictJSON

/// The words that occur in many descriptions; each says what its reader takes.
extension JSONSchema {
    /// ``Events/BoardID``.
    public static let boardID = text(pattern: "^[a-z0-9-]{1,64}$")
    /// ``Board/isStatus(_:)``.
    public static let status = text(pattern: "^[a-z0-9_-]{1,64}$")
    /// ``Events/UserID``: a character has a byte at least.
    public static let userID = text(1...255).described("1 to 255 bytes.")
    /// ``JobID``.
    public static let jobID = text(pattern: "^[0-9a-f]{32}$")
    /// RFC 3339; the gateway's own are in UTC, with milliseconds.
    public static let time = text(format: "date-time")
    /// ``Events/Cursor``, which is opaque to clients.
    public static let cursor = text().described("A place in the log. Opaque: send it back as it is.")
    /// The number of an event in its tenant's log.
    public static let seq = integer(from: 1).described("The number of the event that the write has made.")
    /// ``Events/EventType``.
    public static let eventType = text(1...64, pattern: "^[a-z0-9_]+(\\.[a-z0-9_]+)+$")

    /// A member of a patch that only the server sets.
    static let own = any.described("Set by the server; may be there with the value that it has.")

    static func own(_ names: String...) -> [Member] { names.map { .optional($0, own) } }

    /// A page of a list.
    public static func page(of item: JSONSchema) -> JSONSchema {
        object([
            .required("items", .array(of: item)),
            .required("next", text().orNull.described("The `cursor` of the next page; null at the end.")),
        ])
    }
}
