import StrictJSON

/// One parameter of a call's query: its name, and the values it accepts.
struct QueryParameter: Sendable {
    enum Kind: Sendable, Equatable {
        case text
        case int(ClosedRange<Int>, default: Int)
        case oneOf([String])
    }

    let name: String
    let kind: Kind
    /// What its text may be, as far as that can be said without the things that it names.
    let schema: JSONSchema
    /// What it does, for people.
    let words: String
    var isRepeatable = false

    static func text(_ name: String, _ words: String, like schema: JSONSchema = .text()) -> QueryParameter {
        QueryParameter(name: name, kind: .text, schema: schema, words: words)
    }

    static func int(
        _ name: String, in range: ClosedRange<Int>, default value: Int, _ words: String
    ) -> QueryParameter {
        let schema = JSONSchema.integer(range).defaulting(to: .number(JSONNumber(value)))
        return QueryParameter(name: name, kind: .int(range, default: value), schema: schema, words: words)
    }

    static func oneOf(_ name: String, _ values: [String], _ words: String) -> QueryParameter {
        QueryParameter(name: name, kind: .oneOf(values), schema: .oneOf(values), words: words)
    }

    /// A parameter that may occur more than once.
    static func each(_ name: String, _ words: String, like schema: JSONSchema = .text()) -> QueryParameter {
        QueryParameter(name: name, kind: .text, schema: schema, words: words, isRepeatable: true)
    }

    /// A parameter that ``Query/flag(_:)`` reads.
    static func flag(_ name: String, _ words: String) -> QueryParameter {
        .text(name, words, like: .oneOf(["1", "0", "true", "false"]))
    }
}

extension QueryNames {
    init(_ parameters: [QueryParameter]) {
        self.init(
            single: Set(parameters.filter { !$0.isRepeatable }.map(\.name)),
            repeatable: Set(parameters.filter(\.isRepeatable).map(\.name)))
    }
}

extension Query {
    /// The value of a whole-number parameter, or its default.
    ///
    /// - Throws: ``Problem`` 400 when it is not a number in its range.
    func int(_ parameter: QueryParameter) throws(Problem) -> Int {
        guard case .int(let range, let value) = parameter.kind else {
            preconditionFailure("\(parameter.name) is no number")
        }
        return try int(parameter.name, in: range, default: value)
    }

    /// The value of a parameter with a fixed set of values; nil when it is absent.
    ///
    /// - Throws: ``Problem`` 400.
    func choice(_ parameter: QueryParameter) throws(Problem) -> String? {
        guard case .oneOf(let values) = parameter.kind else { preconditionFailure("\(parameter.name) is no choice") }
        guard let value = self[parameter.name] else { return nil }
        guard values.contains(value) else {
            let list = values.count == 2 ? values.joined(separator: " or ") : "one of " + values.joined(separator: ", ")
            throw .badQuery(parameter.name, "must be \(list)")
        }
        return value
    }
}
