import StrictJSON

/// Where a claim stands in a payload: its name, or a path of names with dots between.
///
/// Names may have dots of their own (`https://example.com/app.tenant`, `kubernetes.io.namespace`): at each step the
/// longest member name that is there counts, and no other is tried after it.
public struct ClaimPath: Sendable, Equatable, ExpressibleByStringLiteral {
    /// As it is written in the settings.
    public let text: String
    /// For each part of the path the names that may begin there, the longest first.
    private let names: [[String]]

    public init(_ text: String) {
        self.text = text
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        names = parts.indices.map { first in
            parts.indices[first...].reversed().map { last in
                String(text[parts[first].startIndex..<parts[last].endIndex])
            }
        }
    }

    public init(stringLiteral text: String) { self.init(text) }

    public static func == (left: ClaimPath, right: ClaimPath) -> Bool { left.text.hasSameBytes(as: right.text) }

    /// Whether its last name is one under which issuers put scopes.
    var isScope: Bool { ["scope", "scp"].contains(names.last?.last) }

    /// The value there; nil when there is none, or when it is null.
    func value(in payload: JSONObject) -> JSONValue? {
        var value: JSONValue?
        var object: JSONObject? = payload
        var part = 0
        while part < names.count {
            guard let members = object, let step = step(from: part, in: members) else { return nil }
            (value, object, part) = (step.value, step.value.object, step.next)
        }
        return value?.isNull == true ? nil : value
    }

    private func step(from part: Int, in members: JSONObject) -> (value: JSONValue, next: Int)? {
        for (index, name) in names[part].enumerated() {
            if let value = members[name] { return (value, names.count - index) }
        }
        return nil
    }
}

extension JSONValue {
    /// What a claim names: a text, or a whole number as its digits. Nil for all else.
    var name: String? {
        switch self {
        case .string(let text): text
        case .number(let number):
            number.text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? number.text : number.int.map { String($0) }
        case .null, .bool, .array, .object: nil
        }
    }

    /// All that a claim names: one name, those in a list, or the members of an object, save those that are false or null.
    /// What is no name stands as nil.
    var names: [String?] {
        switch self {
        case .array(let elements): elements.map(\.name)
        case .object(let object):
            object.members.filter { !$0.value.isNull && $0.value.bool != false }.map(\.name)
        case .null: []
        case .string, .number, .bool: [name]
        }
    }
}
