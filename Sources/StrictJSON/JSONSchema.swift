/// What a JSON value may be, as JSON Schema (draft 2020-12) says it, with the keywords that our descriptions need.
///
/// It stands beside the code that reads or writes the value. Objects are open unless ``closed(_:)`` makes them: a client
/// must take members that it does not know, and the gateway refuses those.
public struct JSONSchema: Sendable, Equatable {
    /// In the order in which they are written.
    public private(set) var keywords = JSONObject()
    /// The schemas with names that this one refers to, directly or not.
    public private(set) var named: [String: JSONSchema] = [:]

    /// A member of an object.
    public struct Member: Sendable {
        public let name: String
        public let schema: JSONSchema
        public let isRequired: Bool

        public static func required(_ name: String, _ schema: JSONSchema) -> Member {
            Member(name: name, schema: schema, isRequired: true)
        }

        public static func optional(_ name: String, _ schema: JSONSchema) -> Member {
            Member(name: name, schema: schema, isRequired: false)
        }
    }

    private init(_ keywords: (String, JSONValue)...) { for (name, value) in keywords { self.keywords[name] = value } }

    private init(type: String) { self.init(("type", .string(type))) }

    // MARK: Values

    /// Any value.
    public static let any = JSONSchema()
    public static let null = JSONSchema(type: "null")
    public static let boolean = JSONSchema(type: "boolean")
    public static let integer = JSONSchema(type: "integer")

    public static func integer(_ range: ClosedRange<Int>) -> JSONSchema {
        var schema = integer(from: range.lowerBound)
        schema.keywords["maximum"] = .number(JSONNumber(range.upperBound))
        return schema
    }

    public static func integer(from least: Int) -> JSONSchema {
        var schema = integer
        schema.keywords["minimum"] = .number(JSONNumber(least))
        return schema
    }

    /// - Parameters:
    ///   - length: in Unicode scalars.
    ///   - pattern: a regular expression (ECMA-262), found anywhere unless it is anchored.
    ///   - format: `date-time`, `uri`.
    public static func text(
        _ length: ClosedRange<Int>? = nil, pattern: String? = nil, format: String? = nil
    ) -> JSONSchema {
        var schema = JSONSchema(type: "string")
        if let length {
            if length.lowerBound > 0 { schema.keywords["minLength"] = .number(JSONNumber(length.lowerBound)) }
            schema.keywords["maxLength"] = .number(JSONNumber(length.upperBound))
        }
        if let pattern { schema.keywords["pattern"] = .string(pattern) }
        if let format { schema.keywords["format"] = .string(format) }
        return schema
    }

    /// One of these texts.
    public static func oneOf(_ words: [String]) -> JSONSchema {
        JSONSchema(("type", .string("string")), ("enum", .array(words.map(JSONValue.string))))
    }

    /// This text.
    public static func exactly(_ word: String) -> JSONSchema { JSONSchema(("const", .string(word))) }

    // MARK: Structures

    public static func array(
        of element: JSONSchema, _ count: ClosedRange<Int>? = nil, distinct: Bool = false
    ) -> JSONSchema {
        var schema = JSONSchema(type: "array")
        schema.set("items", element)
        if let count {
            if count.lowerBound > 0 { schema.keywords["minItems"] = .number(JSONNumber(count.lowerBound)) }
            schema.keywords["maxItems"] = .number(JSONNumber(count.upperBound))
        }
        if distinct { schema.keywords["uniqueItems"] = .bool(true) }
        return schema
    }

    /// An object with these members, and perhaps others.
    public static func object(_ members: [Member]) -> JSONSchema {
        JSONSchema(type: "object").adding(having(members))
    }

    /// An object with these members and no other.
    public static func closed(_ members: [Member]) -> JSONSchema {
        var schema = object(members)
        schema.keywords["additionalProperties"] = .bool(false)
        return schema
    }

    /// An object whose members, of any name, are values of `schema`.
    public static func map(of schema: JSONSchema) -> JSONSchema {
        var map = JSONSchema(type: "object")
        map.set("additionalProperties", schema)
        return map
    }

    /// What is said of some members of an object that another schema describes.
    public static func having(_ members: [Member]) -> JSONSchema {
        var (schema, properties) = (JSONSchema(), JSONObject())
        for member in members {
            properties[member.name] = member.schema.value
            schema.take(member.schema.named)
        }
        schema.keywords["properties"] = .object(properties)
        let required = members.filter(\.isRequired)
        if !required.isEmpty { schema.keywords["required"] = .array(required.map { .string($0.name) }) }
        return schema
    }

    // MARK: Choices

    public static func anyOf(_ schemas: [JSONSchema]) -> JSONSchema { choice("anyOf", schemas) }

    /// The value, or null.
    public var orNull: JSONSchema {
        guard let type = keywords["type"] else { return .anyOf([self, .null]) }
        var schema = self
        schema.keywords["type"] = .array([type, .string("null")])
        if let words = keywords["enum"]?.array { schema.keywords["enum"] = .array(words + [.null]) }
        return schema
    }

    /// At least one of these, besides.
    public func with(anyOf schemas: [JSONSchema]) -> JSONSchema { adding(.choice("anyOf", schemas)) }

    /// Exactly one of these, besides.
    public func with(oneOf schemas: [JSONSchema]) -> JSONSchema { adding(.choice("oneOf", schemas)) }

    /// But not what `other` describes.
    public func except(_ other: JSONSchema) -> JSONSchema {
        var schema = self
        schema.set("not", other)
        return schema
    }

    // MARK: Words

    /// With a sentence about it for people.
    public func described(_ words: String) -> JSONSchema {
        var schema = self
        schema.keywords["description"] = .string(words)
        return schema
    }

    /// With the value that counts where there is none.
    public func defaulting(to value: JSONValue) -> JSONSchema {
        var schema = self
        schema.keywords["default"] = value
        return schema
    }

    /// JSON in a text (`contentSchema`), as events have it.
    public static func text(of schema: JSONSchema) -> JSONSchema {
        var text = JSONSchema(("type", .string("string")), ("contentMediaType", .string("application/json")))
        text.set("contentSchema", schema)
        return text
    }

    /// A reference to this schema, which stands once, under its name, among the parts of an OpenAPI document.
    public func named(_ name: String) -> JSONSchema {
        var reference = JSONSchema(("$ref", .string(Self.place + name)))
        reference.named = named
        reference.named[name] = self
        return reference
    }

    /// Where named schemas stand in an OpenAPI document, as a JSON pointer.
    public static let place = "#/components/schemas/"

    /// The name, of a schema that ``named(_:)`` has made.
    public var name: String? { keywords["$ref"]?.string.map { String($0.dropFirst(Self.place.count)) } }

    public var value: JSONValue { .object(keywords) }

    private static func choice(_ word: String, _ schemas: [JSONSchema]) -> JSONSchema {
        var schema = JSONSchema((word, .array(schemas.map(\.value))))
        for choice in schemas { schema.take(choice.named) }
        return schema
    }

    private func adding(_ other: JSONSchema) -> JSONSchema {
        var schema = self
        for keyword in other.keywords.members { schema.keywords[keyword.name] = keyword.value }
        schema.take(other.named)
        return schema
    }

    private mutating func set(_ word: String, _ schema: JSONSchema) {
        keywords[word] = schema.value
        take(schema.named)
    }

    private mutating func take(_ others: [String: JSONSchema]) { named.merge(others) { old, _ in old } }
}
