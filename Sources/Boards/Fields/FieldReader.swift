import Events
public import StrictJSON

/// Reads the members of one JSON object and gathers everything that is wrong with them, so that a client gets all
/// errors in one answer.
///
/// A method gives nil when the member is absent or wrong. ``finish()`` throws all errors that were found; members that
/// were never read are errors too.
public struct FieldReader {
    private let object: JSONObject
    private var asked: [String] = []
    public private(set) var errors: [FieldError] = []

    public init(_ object: JSONObject) { self.object = object }

    /// Ends the reading: refuses each member that no method asked for, and throws if anything was refused.
    ///
    /// - Throws: ``BoardError/invalid(_:)`` with every error, in the order in which the members were read.
    public consuming func finish() throws(BoardError) {
        refuseUnknown()
        guard errors.isEmpty else { throw .invalid(errors) }
    }

    private mutating func refuseUnknown() {
        for member in object.members where !asked.contains(where: { $0.hasSameBytes(as: member.name) }) {
            refuse(member.name, "is not known here")
        }
    }

    /// Ends the reading of an object within this one, and adds its errors.
    ///
    /// - Parameter place: where that object is, as a JSON pointer.
    mutating func take(_ inner: consuming FieldReader, under place: String) {
        inner.refuseUnknown()
        for error in inner.errors { refuse(at: place + error.pointer, error.detail) }
    }

    /// Adds an error at a JSON pointer.
    mutating func refuse(at pointer: String, _ detail: String) {
        errors.append(FieldError(pointer: pointer, detail: detail))
    }

    public mutating func refuse(_ name: String, _ detail: String) {
        errors.append(FieldError(name: name, detail))
    }

    /// Adds an error about the object as a whole.
    mutating func refuseWhole(_ detail: String) { errors.append(FieldError(pointer: "", detail: detail)) }

    public mutating func value(_ name: String) -> JSONValue? {
        asked.append(name)
        return object[name]
    }

    /// Adds an error for each of these members that is present: only the server may set them.
    public mutating func refuseServerOwned(_ names: String...) {
        for name in names where value(name) != nil { refuse(name, "is set by the server") }
    }

    /// Text of `length` Unicode scalars, without U+0000 (SQLite ends a text there).
    public mutating func text(_ name: String, _ length: ClosedRange<Int>) -> String? {
        guard let value = value(name) else { return nil }
        guard let problem = Self.problem(with: value.string, length) else { return value.string }
        refuse(name, problem)
        return nil
    }

    /// Text as ``text(_:_:)``, with null standing for `reset`.
    public mutating func text(_ name: String, _ length: ClosedRange<Int>, null reset: String) -> String? {
        object[name]?.isNull == true ? consumeNull(name, reset) : text(name, length)
    }

    /// An integer, or null.
    public mutating func nullableInt(_ name: String) -> Int?? {
        guard let value = value(name) else { return nil }
        if value.isNull { return .some(nil) }
        guard let int = value.int else {
            refuse(name, "must be an integer or null")
            return nil
        }
        return int
    }

    /// The name of a status; ``Gate`` checks whether the board has it.
    mutating func status() -> String? {
        guard let value = value("status") else { return nil }
        guard let text = value.string, Board.isStatus(text) else {
            refuse("status", "must be 1 to 64 characters of [a-z0-9_-]")
            return nil
        }
        return text
    }

    mutating func boardID(_ name: String) -> BoardID? {
        guard let value = value(name) else { return nil }
        guard let id = value.string.flatMap(BoardID.init) else {
            refuse(name, "must be 1 to 64 characters of [a-z0-9-]")
            return nil
        }
        return id
    }

    mutating func elements(_ name: String, _ count: ClosedRange<Int>, null reset: [JSONValue]?) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        if value.isNull, let reset { return reset }
        guard let elements = value.array else {
            refuse(name, "must be an array")
            return nil
        }
        guard count ~= elements.count else {
            refuse(name, "must have \(count.lowerBound) to \(count.upperBound) elements")
            return nil
        }
        return elements
    }

    /// Strings that all differ, each judged by `problem`.
    mutating func distinctStrings(
        _ name: String, _ count: ClosedRange<Int>, null reset: [JSONValue]? = nil, problem: (String?) -> String?
    ) -> [String]? {
        guard let elements = elements(name, count, null: reset) else { return nil }
        var seen: Set<[UInt8]> = []
        var strings: [String] = []
        for (index, element) in elements.enumerated() {
            let text = element.string
            if let problem = problem(text) {
                errors.append(FieldError(pointer: "/\(name)/\(index)", detail: problem))
            } else if let text, !seen.insert(Array(text.utf8)).inserted {
                errors.append(FieldError(pointer: "/\(name)/\(index)", detail: "is given twice"))
            }
            strings.append(text ?? "")
        }
        return strings
    }

    static func problem(with text: String?, _ length: ClosedRange<Int>) -> String? {
        guard let text else { return "must be a string" }
        // A scalar is 1 to 4 bytes: most texts are judged without walking through them.
        let bytes = text.utf8.count
        if bytes > length.upperBound || bytes < length.lowerBound * 4 {
            guard length ~= text.unicodeScalars.count else {
                return length.lowerBound == 0
                    ? "must be at most \(length.upperBound) characters"
                    : "must be \(length.lowerBound) to \(length.upperBound) characters"
            }
        }
        return text.utf8.contains(0) ? "must not hold U+0000" : nil
    }

    private mutating func consumeNull<Value>(_ name: String, _ reset: Value) -> Value {
        _ = value(name)
        return reset
    }
}
