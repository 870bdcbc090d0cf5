import Boards
import Events
import HTTPTypes
import StrictJSON

/// One call as an operation of an OpenAPI document.
extension JSONWriter {
    mutating func operation(_ call: Call, in version: APIDescription.Version) {
        object { json in
            json.operation(named: call.name, call, call.access.words)
            json.parameters(of: call)
            json.requestBody(call.body)
            json.responses(of: call, call.statuses, in: version)
        }
    }

    /// The same by QUERY (RFC 10008), for which OpenAPI 3.2 has a place.
    mutating func queryOperation(_ call: Call) {
        object { json in
            json.operation(
                named: call.name + ".query", call, call.access.words + " The same as GET, with the query as the body.")
            json.parameters(of: call, withQuery: false)
            json.requestBody(QueryMethod.mediaTypes, of: .query(call.query ?? []))
            let refusals = Set(call.statuses).union([.contentTooLarge, .unsupportedMediaType])
            json.responses(of: call, refusals.sorted { $0.code < $1.code }, in: .v32)
        }
    }

    private mutating func operation(named name: String, _ call: Call, _ words: String) {
        self.name("operationId"); string(name)
        self.name("tags"); array(CollectionOfOne(call.tag)) { $0.string($1) }
        self.name("summary"); string(call.summary)
        self.name("description"); string(words)
        self.name("security"); security(of: call)
    }

    private mutating func responses(
        of call: Call, _ refusals: [HTTPResponse.Status], in version: APIDescription.Version
    ) {
        name("responses")
        object { json in
            for (status, answers) in call.answersByStatus {
                json.name(escaping: String(status.code))
                json.answer(status, answers, of: call, in: version)
            }
            for status in refusals {
                json.name(escaping: String(status.code)); json.reference("responses", status.partName)
            }
        }
    }

    mutating func reference(_ kind: String, _ name: String) {
        object {
            $0.name("$ref"); $0.string("#/components/\(kind)/\(name)")
        }
    }

    /// Any one of these will do; each lists the least role (OpenAPI §4.8.30).
    private mutating func security(of call: Call) {
        guard call.access != .open else { return array([Int]()) { $0.int($1) } }
        var schemes = ["bearer"]
        if call.method == .get { schemes.append("cookie") }
        if !call.isRouted { schemes += ["token", "ticket"] }
        let role = call.access.least.rawValue
        array(schemes) { json, scheme in
            json.object {
                $0.name(escaping: scheme); $0.array([role]) { $0.string($1) }
            }
        }
    }

    private mutating func parameters(of call: Call, withQuery: Bool = true) {
        var parts: [(inout JSONWriter) -> Void] = []
        if let name = call.parameterName, let kind = call.parameter {
            parts.append { $0.parameter(name, in: "path", kind.schema, "", isRequired: true) }
        }
        // Credentials are no parameters.
        let query = withQuery ? call.query ?? [] : []
        for parameter in query where call.isRouted || !["token", "ticket"].contains(parameter.name) {
            parts.append { $0.parameter(parameter.name, in: "query", parameter.wholeSchema, parameter.words) }
        }
        for field in call.fields { parts.append { $0.reference("parameters", field.partName) } }
        guard !parts.isEmpty else { return }
        name("parameters"); array(parts) { $1(&$0) }
    }

    mutating func parameter(
        _ name: String, in place: String, _ schema: JSONSchema, _ words: String, isRequired: Bool = false
    ) {
        object {
            $0.name("name"); $0.string(name)
            $0.name("in"); $0.string(place)
            if isRequired {
                $0.name("required"); $0.bool(true)
            }
            if !words.isEmpty {
                $0.name("description"); $0.string(words)
            }
            $0.name("schema"); $0.value(schema.value)
        }
    }

    private mutating func requestBody(_ body: Call.Body) {
        guard body != .none else { return }
        requestBody(body.mediaTypes, of: body.schema)
    }

    /// - Parameter schema: nil for files.
    private mutating func requestBody(_ types: [String], of schema: JSONSchema?) {
        name("requestBody")
        object { json in
            json.name("required"); json.bool(true)
            json.name("content")
            json.object { json in
                for type in types {
                    json.name(escaping: type)
                    json.object { json in
                        guard let schema = schema ?? (type == "multipart/form-data" ? .form : nil) else { return }
                        json.name("schema"); json.value(schema.value)
                    }
                }
            }
        }
    }

    private mutating func answer(
        _ status: HTTPResponse.Status, _ answers: [CallAnswer], of call: Call, in version: APIDescription.Version
    ) {
        object { json in
            json.name("description"); json.string(status.reasonPhrase)
            let fields =
                answers.flatMap(\.fields) + (call.isWrite ? [.rateLimit, .rateLimitPolicy] : [])
                + (call.isRouted && call.takesQuery ? [.acceptQuery] : [])
            if !fields.isEmpty {
                json.name("headers")
                json.object { json in
                    for field in fields {
                        json.name(escaping: field.rawName); json.reference("headers", field.partName)
                    }
                }
            }
            let contents = answers.map(\.content).filter { $0 != .none }
            guard !contents.isEmpty else { return }
            json.name("content")
            json.object { json in for content in contents { json.content(content, in: version) } }
        }
    }

    private mutating func content(_ content: CallAnswer.Content, in version: APIDescription.Version) {
        switch content {
        case .none: break
        case .json(let schema):
            name("application/json")
            object {
                $0.name("schema"); $0.value(schema.value)
            }
        case .file(let types):
            for type in types {
                name(escaping: MediaType(type).essence); object { _ in }
            }
        case .events(let items):
            name("text/event-stream")
            object { json in
                switch version {
                case .v31:
                    let words = "Server-sent events (HTML §9.2); `?version=3.2` of this document says which."
                    json.name("schema"); json.value(JSONSchema.text().described(words).value)
                case .v32: json.name("itemSchema"); json.value(JSONSchema.anyOf(items.map(\.schema)).value)
                }
            }
        }
    }
}

extension Call {
    /// Its successes, by rising status.
    fileprivate var answersByStatus: [(HTTPResponse.Status, [CallAnswer])] {
        Dictionary(grouping: answers, by: \.status).sorted { $0.key.code < $1.key.code }.map { ($0.key, $0.value) }
    }
}

extension Call.Access {
    /// The least role that it needs; of a call that is open, nobody's.
    fileprivate var least: Role {
        guard case .role(let permission) = self else { return .viewer }
        return Role.allCases.first { $0.allows(permission) } ?? .admin
    }

    /// Who may, as a sentence.
    fileprivate var words: String {
        switch self {
        case .open: "Needs no token."
        case .token: "Needs a valid token of any role."
        case .role(let permission):
            "Needs a token that may \(permission.rawValue): of the role "
                + Role.allCases.filter { $0.allows(permission) }.map(\.rawValue).joined(separator: ", ") + "."
        }
    }
}

extension Call.Body {
    /// Nil without a body, and for files.
    var schema: JSONSchema? {
        switch self {
        case .object(let schema), .patch(let schema): schema
        case .none, .file: nil
        }
    }

    fileprivate var mediaTypes: [String] {
        switch self {
        case .none: []
        case .object: ["application/json"]
        case .patch: ["application/json", "application/merge-patch+json"]
        case .file(let types, _): types.sorted()
        }
    }
}

extension PathParameter {
    fileprivate var schema: JSONSchema {
        switch self {
        case .board: .boardID
        case .task: .integer(from: 0)
        case .job: .jobID
        case .connection: .connectionID
        case .user: .userID
        case .status: .status
        }
    }
}

extension QueryParameter {
    /// Of all that it may bring.
    fileprivate var wholeSchema: JSONSchema { isRepeatable ? .array(of: schema) : schema }
}

extension JSONSchema {
    /// A query as a body.
    fileprivate static func query(_ parameters: [QueryParameter]) -> JSONSchema {
        closed(parameters.map { .optional($0.name, $0.wholeSchema.described($0.words)) })
    }

    /// A file as a form brings it (RFC 7578).
    fileprivate static let form = object([
        .required("file", any), .optional("board", .boardID), .optional("lists", .oneOf(["create", "match"])),
    ])
}
