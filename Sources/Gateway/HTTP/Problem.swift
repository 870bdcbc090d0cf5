import Events
import HTTPTypes
public import Hummingbird
import Logging
import NIOCore
import StrictJSON
public import Tokens

/// A refusal, as RFC 9457 `application/problem+json`. Says what to do, and never carries a secret.
public struct Problem: HTTPResponseError {
    public struct Field: Sendable {
        /// RFC 6901, into the request's body; for a query its name.
        public let pointer: String
        public let detail: String
    }

    public let status: HTTPResponse.Status
    /// The stable name by which programs distinguish refusals.
    public let code: String
    public let detail: String
    /// The rule of tokens that was broken.
    public var rule: TokenRule?
    public var errors: [Field] = []
    public var headers: HTTPFields = [:]
    /// A further member of the body: its name, and JSON.
    public var attachment: (name: String, json: [UInt8])?

    /// What went wrong with the store, for the log alone.
    var failure: StoreFailure?

    public init(_ status: HTTPResponse.Status, _ code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    func with(_ header: HTTPField.Name, _ value: String) -> Problem {
        var problem = self
        problem.headers[header] = value
        return problem
    }

    /// Puts the failure of the store that led to this, if one did, into the log.
    ///
    /// - Parameter metadata: has the id by which the client knows its request or connection, unless the logger has it.
    func log(to logger: Logger, _ metadata: Logger.Metadata = [:]) {
        guard let failure else { return }
        logger.error("store failed", metadata: metadata.merging(["failure": "\(failure)"]) { $1 })
    }

    /// - Parameter requestID: what the log calls this request.
    func body(requestID: String) -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            json.name("type"); json.string("urn:boardcast:problem:\(code)")
            json.name("title"); json.string(status.reasonPhrase)
            json.name("status"); json.int(status.code)
            json.name("detail"); json.string(detail)
            json.name("code"); json.string(code)
            json.name("requestId"); json.string(requestID)
            if let rule {
                json.name("rule"); json.string(rule.rawValue)
            }
            if !errors.isEmpty {
                json.name("errors")
                json.array(errors) { json, field in
                    json.object {
                        $0.name("pointer"); $0.string(field.pointer)
                        $0.name("detail"); $0.string(field.detail)
                    }
                }
            }
            if let attachment {
                json.name(escaping: attachment.name); json.raw(attachment.json)
            }
        }
        return ByteBuffer(bytes: json.bytes)
    }

    public func response(from request: Request, context: some RequestContext) -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Response(status: status, headers: headers, body: .init(byteBuffer: body(requestID: context.id)))
    }
}

extension Problem {
    /// What is there takes only these methods.
    static func methodNotAllowed(_ methods: [HTTPRequest.Method]) -> Problem {
        let allow = methods.map(\.rawValue).joined(separator: ", ")
        return Problem(.methodNotAllowed, "method_not_allowed", "This path takes \(allow).").with(.allow, allow)
    }

    static let notFound = Problem(.notFound, "not_found", "There is nothing here, or nothing that this token may see.")

    static func badQuery(_ name: String, _ detail: String) -> Problem {
        var problem = Problem(.badRequest, "invalid_query", "The query can't be understood.")
        problem.errors = [Field(pointer: name, detail: detail)]
        return problem
    }

    /// The code of a token that was sent and is refused.
    static let invalidToken = "invalid_token"

    /// RFC 6750 §3: 401 that says what is wrong.
    ///
    /// - Parameter rule: nil when it is not the token itself that is wrong.
    static func unauthorized(_ description: String, rule: TokenRule? = nil) -> Problem {
        var problem = Problem(.unauthorized, invalidToken, description)
            .with(.wwwAuthenticate, "Bearer error=\"invalid_token\", error_description=\"\(description)\"")
        problem.rule = rule
        return problem
    }

    static let revoked = Problem.unauthorized("the token was revoked", rule: .id)
}
