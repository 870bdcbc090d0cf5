import Events
import StrictJSON

/// Holds values against the JSON Schemas of an OpenAPI document, with the keywords that ours have, and no other.
///
/// It is stricter than a client: a member that an object's schema does not name is an error too.
struct SchemaCheck {
    let document: JSONObject

    /// What is wrong, each with its place; empty for a value that fits.
    func errors(_ value: JSONValue, against schema: JSONValue, at place: String = "") -> [String] {
        if schema.bool == true { return [] }
        guard let words = schema.object else { return ["\(place): no schema"] }
        return words.members.flatMap { errors(value, $0.name, $0.value, of: words, at: place) }
    }

    private func errors(
        _ value: JSONValue, _ word: String, _ said: JSONValue, of schema: JSONObject, at place: String
    ) -> [String] {
        func unless(_ holds: Bool) -> [String] { holds ? [] : ["\(place): \(word) \(said)"] }
        func fits(_ schema: JSONValue) -> Bool { errors(value, against: schema, at: place).isEmpty }
        switch word {
        case "description", "default",
            "format" where said.string != "date-time", "contentMediaType":
            return []
        case "$ref":
            guard let target = target(said.string ?? "") else { return ["\(place): \(said) leads nowhere"] }
            return errors(value, against: target, at: place)
        case "type": return unless((said.array ?? [said]).contains { Self.isOf($0.string, value) })
        case "enum": return unless(said.array?.contains(value) == true)
        case "const": return unless(said == value)
        case "anyOf": return unless(said.array?.contains(where: fits) == true)
        case "oneOf": return unless(said.array?.count(where: fits) == 1)
        case "not": return unless(!fits(said))
        case "minimum": return unless(value.double.map { $0 >= said.double! } ?? true)
        case "maximum": return unless(value.double.map { $0 <= said.double! } ?? true)
        case "minLength": return unless(value.string.map { $0.unicodeScalars.count >= said.int! } ?? true)
        case "maxLength": return unless(value.string.map { $0.unicodeScalars.count <= said.int! } ?? true)
        case "pattern": return unless(value.string.map { Self.isFound(said.string!, in: $0) } ?? true)
        case "format": return unless(value.string.map { Timestamp(rfc3339: $0) != nil } ?? true)
        case "contentSchema":
            let content = value.string.flatMap { try? JSONParser.parse(Array($0.utf8)) }
            return content.map { errors($0, against: said, at: place + "<data>") } ?? ["\(place): no JSON"]
        case "minItems": return unless(value.array.map { $0.count >= said.int! } ?? true)
        case "maxItems": return unless(value.array.map { $0.count <= said.int! } ?? true)
        case "uniqueItems":
            let items = value.array ?? []
            return unless(items.indices.allSatisfy { index in !items[..<index].contains(items[index]) })
        case "items":
            return (value.array ?? []).enumerated().flatMap { errors($1, against: said, at: "\(place)/\($0)") }
        case "required":
            return unless(value.object.map { object in said.array!.allSatisfy { object[$0.string!] != nil } } ?? true)
        case "properties":
            return (value.object?.members ?? []).flatMap { member -> [String] in
                guard let schema = said.object?[member.name] else { return [] }
                return errors(member.value, against: schema, at: "\(place)/\(member.name)")
            } + strangers(in: value, said, of: schema, at: place)
        case "additionalProperties":
            guard said.bool == nil else { return [] }
            return (value.object?.members ?? []).flatMap {
                errors($0.value, against: said, at: "\(place)/\($0.name)")
            }
        default: return ["\(place): unknown keyword \(word)"]
        }
    }

    /// Members that are not described, where the schema is of the whole object.
    private func strangers(
        in value: JSONValue, _ properties: JSONValue, of schema: JSONObject, at place: String
    ) -> [String] {
        guard schema["type"]?.string == "object", properties.object?.members.isEmpty == false else { return [] }
        return (value.object?.members ?? []).filter { properties.object?[$0.name] == nil }.map {
            "\(place)/\($0.name) is not described"
        }
    }

    func target(_ reference: String) -> JSONValue? {
        var value = JSONValue.object(document)
        for step in reference.split(separator: "/").dropFirst() {
            guard let next = value.object?[String(step)] else { return nil }
            value = next
        }
        return value
    }

    private static func isOf(_ type: String?, _ value: JSONValue) -> Bool {
        switch type {
        case "null": value.isNull
        case "boolean": value.bool != nil
        case "integer": value.int != nil
        case "string": value.string != nil
        case "array": value.array != nil
        case "object": value.object != nil
        default: false
        }
    }

    private static func isFound(_ pattern: String, in text: String) -> Bool {
        (try? Regex(pattern).firstMatch(in: text)) != nil
    }
}
