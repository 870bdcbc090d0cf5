import Events
import StrictJSON

/// The members of a patch that only the server sets. They may be there with the value that the record has, so that
/// what was read can be written back with a change in it.
public struct OwnMembers: Sendable {
    private var members: [(name: String, value: JSONValue)] = []

    public init() {}

    mutating func add(_ name: String, _ value: JSONValue) { members.append((name, value)) }

    /// - Parameter write: writes the record as it is now, as clients see it.
    /// - Throws: ``BoardError/invalid(_:)`` with every member that has another value.
    func require(_ write: (inout JSONWriter) -> Void) throws(BoardError) {
        guard !members.isEmpty else { return }
        var json = JSONWriter()
        write(&json)
        // A job's input is as deep as the body that brought it, and here it is a little deeper.
        let limits = JSONParser.Limits(bytes: .max, depth: 40)
        let record = try? JSONParser.parse(json.bytes, limits: limits).object
        let others = members.filter { member in
            record?[member.name].map { Self.isSame(member.value, $0) } != true
        }
        guard others.isEmpty else {
            throw .invalid(
                others.map { FieldError(name: $0.name, "is set by the server, and has another value now") })
        }
    }

    /// Whether both are the same value. Clients spell times in their own ways, so these are compared as times.
    private static func isSame(_ sent: JSONValue, _ own: JSONValue) -> Bool {
        if let time = own.string.flatMap(Timestamp.init(rfc3339:)) {
            return sent.string.flatMap(Timestamp.init(rfc3339:)) == time
        }
        return sent.hasSameValue(as: own)
    }
}

extension FieldReader {
    /// Reads the members of a patch that only the server sets; ``OwnMembers/require(_:)`` compares them with the record.
    mutating func own(_ names: String...) -> OwnMembers {
        var own = OwnMembers()
        for name in names {
            if let value = value(name) { own.add(name, value) }
        }
        return own
    }
}
