extension JSONObject {
    /// Bytes that two objects share exactly when they have the same values, however these are spelled: members are
    /// ordered by the bytes of their names, numbers are compared by value (`1`, `1.0`, `10e-1`), strings byte by byte.
    /// For digests; it is no longer than the shortest spelling by more than a few bytes for each number.
    public var canonicalBytes: [UInt8] {
        var json = JSONWriter()
        json.canonical(.object(self))
        return json.bytes
    }
}

extension JSONValue {
    /// Whether both are the same value, as ``JSONObject/canonicalBytes`` has it.
    public func hasSameValue(as other: JSONValue) -> Bool {
        var (left, right) = (JSONWriter(), JSONWriter())
        left.canonical(self)
        right.canonical(other)
        return left.bytes == right.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func canonical(_ value: JSONValue) {
        switch value {
        case .null, .bool, .string: self.value(value)
        case .number(let number): raw(number.canonicalText.utf8)
        case .array(let elements): array(elements) { $0.canonical($1) }
        case .object(let object):
            let members = object.members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            self.object {
                for member in members {
                    $0.name(escaping: member.name)
                    $0.canonical(member.value)
                }
            }
        }
    }
}
