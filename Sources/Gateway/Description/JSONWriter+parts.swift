import Boards
import HTTPTypes
import StrictJSON
import Tokens

/// What many operations of an OpenAPI document refer to.
extension JSONWriter {
    /// The members of `components`, but for the schemas of calls.
    ///
    /// - Parameter refusals: the statuses that operations refer to.
    mutating func usualParts(refusals: [HTTPResponse.Status]) {
        name("responses")
        object { json in
            for status in refusals {
                json.name(escaping: status.partName); json.object { $0.refusal(status) }
            }
        }
        name("parameters")
        object { json in
            for (field, schema, words) in Self.requestFields {
                json.name(escaping: field.partName)
                json.parameter(field.rawName, in: "header", schema, words)
            }
        }
        name("headers")
        object { json in
            for (field, schema, words) in Self.answerFields {
                json.name(escaping: field.partName)
                json.object {
                    $0.name("description"); $0.string(words)
                    $0.name("schema"); $0.value(schema.value)
                }
            }
        }
        name("securitySchemes"); object { $0.securitySchemes() }
    }

    private mutating func refusal(_ status: HTTPResponse.Status) {
        let codes = ProblemCode.allCases.filter { $0.status == status && !$0.isOfMessages }
        name("description")
        string("\(status.reasonPhrase): " + codes.map { "`\($0.rawValue)`" }.joined(separator: ", ") + ".")
        let fields: [HTTPField.Name] =
            switch status {
            case .unauthorized: [.wwwAuthenticate]
            case .tooManyRequests: [.retryAfter, .rateLimit, .rateLimitPolicy]
            case .serviceUnavailable: [.retryAfter]
            case .preconditionFailed: [.eTag]
            default: []
            }
        if !fields.isEmpty {
            name("headers")
            object { json in
                for field in fields {
                    json.name(escaping: field.rawName); json.reference("headers", field.partName)
                }
            }
        }
        name("content")
        object { json in
            json.name("application/problem+json")
            json.object {
                $0.name("schema"); $0.value(Problem.schema.value)
            }
        }
    }

    private static let requestFields: [(HTTPField.Name, JSONSchema, String)] = [
        (.idempotencyKey, .text(1...128), "Sent again under the same key, the write gets its first answer, for 24 h."),
        (.ifMatch, .text(), "The entity tag, or one of several, that it must still have; else 412."),
        (.ifNoneMatch, .text(), "The entity tag that is known; 304 while it still holds."),
        (.lastEventID, .text(), "The cursor after which to go on; wins over the query's."),
    ]

    private static let answerFields: [(HTTPField.Name, JSONSchema, String)] = [
        (.acceptQuery, .text(), "The media types in which QUERY takes the query here (RFC 10008 §3)."),
        (.boardcastSeq, .integer(from: 1), "The number of the event that the write has made."),
        (.contentDisposition, .text(), "A name for the file."),
        (.eTag, .text(), "The version, in quotes (RFC 9110 §8.8.3)."),
        (.link, .text(), "The next page, if there is one (RFC 8288)."),
        (.location, .text(format: "uri-reference"), "What was made."),
        (
            .rateLimit, .text(),
            "The writes that remain, and the seconds in which to make no more: `\"writes\";r=399;t=2`."
        ),
        (.rateLimitPolicy, .text(), "The writes at once, and the seconds in which they are there again."),
        (.retryAfter, .integer(from: 0), "Seconds to wait."),
        (.setCookie, .text(), "The cookie, or its removal."),
        (.wwwAuthenticate, .text(), "Why the token is refused (RFC 6750 §3), and where the resource is described."),
    ]

    private mutating func securitySchemes() {
        name("bearer")
        object {
            $0.name("type"); $0.string("http")
            $0.name("scheme"); $0.string("bearer")
            $0.name("bearerFormat"); $0.string("JWT")
        }
        for (name, place, key, words) in [
            ("cookie", "cookie", SessionCookie.name, "Of `POST /api/session`; for GET, from our own pages."),
            ("token", "query", "token", "A token, on streams alone; `access_token` is the same."),
            ("ticket", "query", "ticket", "Of `POST /sse/ticket`, for one stream."),
        ] {
            self.name(escaping: name)
            object {
                $0.name("type"); $0.string("apiKey")
                $0.name("in"); $0.string(place)
                $0.name("name"); $0.string(key)
                $0.name("description"); $0.string(words)
            }
        }
    }
}

extension HTTPResponse.Status {
    /// Its name among the parts: `NotFound`.
    var partName: String { reasonPhrase.split(separator: " ").joined() }
}

extension HTTPField.Name {
    /// Its name among the parts: `If-Match`.
    var partName: String { rawName }
}

extension Problem {
    /// What ``body(requestID:)`` writes.
    static let schema = JSONSchema.object([
        .required("type", .text(pattern: "^urn:boardcast:problem:")),
        .required("title", .text()),
        .required("status", .integer(400...599)),
        .required("detail", JSONSchema.text().described("What is wrong, and what to do.")),
        .required("code", JSONSchema.text(pattern: "^[a-z_]+$").described("The same for programs; does not change.")),
        .required("requestId", JSONSchema.text().described("By which the gateway's log knows the request.")),
        .optional(
            "rule", JSONSchema.oneOf(TokenRule.allCases.map(\.rawValue)).described("What a token was refused by.")),
        .optional("remedy", JSONSchema.text().described("The setting that would change it.")),
        .optional(
            "errors",
            .array(
                of: .object([
                    .required("pointer", JSONSchema.text().described("A JSON pointer, or the name in the query.")),
                    .required("detail", .text()),
                ]))),
        .optional("task", BoardTask.schema), .optional("board", Board.schema), .optional("checks", .checks),
    ]).named("Problem")
}
