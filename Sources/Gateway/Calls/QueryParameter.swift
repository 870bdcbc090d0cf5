/// One parameter of a call's query: its name, and the values it accepts.
struct QueryParameter: Sendable {
    enum Kind: Sendable, Equatable {
        case text
        case int(ClosedRange<Int>, default: Int)
        case oneOf([String])
    }

    let name: String
    let kind: Kind
    var isRepeatable = false

    static func text(_ name: String) -> QueryParameter { QueryParameter(name: name, kind: .text) }

    static func int(_ name: String, in range: ClosedRange<Int>, default value: Int) -> QueryParameter {
        QueryParameter(name: name, kind: .int(range, default: value))
    }

    static func oneOf(_ name: String, _ values: [String]) -> QueryParameter {
        QueryParameter(name: name, kind: .oneOf(values))
    }

    /// A parameter that may occur more than once.
    static func each(_ name: String) -> QueryParameter { QueryParameter(name: name, kind: .text, isRepeatable: true) }

    /// The parameters of a stream, including `token` and `ticket`.
    static func all(of endpoint: any StreamEndpoint) -> [QueryParameter] {
        endpoint.names.single.sorted().map { .text($0) } + endpoint.names.repeatable.sorted().map { .each($0) }
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
