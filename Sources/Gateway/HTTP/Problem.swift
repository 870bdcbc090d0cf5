import Events
import HTTPTypes
public import Hummingbird
import Logging
import NIOCore
import StrictJSON
public import Tokens

/// A refusal, as RFC 9457 `application/problem+json`. Its detail says what to do, and never contains a secret.
public struct Problem: HTTPResponseError {
    public struct Field: Sendable {
        /// A JSON pointer (RFC 6901) into the request's body, or the name of a query parameter.
        public let pointer: String
        public let detail: String
    }

    /// Of its kind, unless it is another's refusal that is passed on.
    public internal(set) var status: HTTPResponse.Status
    public let kind: ProblemCode
    public let detail: String
    /// The rule of tokens that was broken.
    public var rule: TokenRule?
    /// Which setting would change the refusal of a token.
    public var remedy: String?
    public var errors: [Field] = []
    public var headers: HTTPFields = [:]
    /// A further member of the body: its name, and JSON.
    public var attachment: (name: String, json: [UInt8])?

    /// Succeeds once a key that the token names was fetched, or could not be; the token is to be judged anew then.
    var keyArrival: EventLoopFuture<Void>?

    /// The failure of the store, for the log only; nil when the answer itself says what it is.
    var failure: StoreFailure?

    public init(_ kind: ProblemCode, _ detail: String) {
        (self.kind, self.detail) = (kind, detail)
        status = kind.status
    }

    /// Its kind, as the answer says it.
    public var code: String { kind.rawValue }

    func with(_ header: HTTPField.Name, _ value: String) -> Problem {
        var problem = self
        problem.headers[header] = value
        return problem
    }

    /// Logs the failure of the store that caused this refusal, if there is one: not as an error, since the store has one
    /// for each episode.
    ///
    /// - Parameter metadata: the id by which the client knows its request or connection, unless the logger has it
    ///   already.
    func log(to logger: Logger, _ metadata: Logger.Metadata = [:]) {
        guard let failure else { return }
        logger.info("store failed", metadata: metadata.merging(["failure": "\(failure)"]) { $1 })
    }

    /// - Parameter requestID: the request's id in the log.
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
            if let remedy {
                json.name("remedy"); json.string(remedy)
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
    /// The path exists, but only for these methods.
    static func methodNotAllowed(_ methods: [HTTPRequest.Method]) -> Problem {
        let allow = methods.map(\.rawValue).joined(separator: ", ")
        return Problem(.methodNotAllowed, "This path takes \(allow).").with(.allow, allow)
    }

    static let notFound = Problem(.notFound, "There is nothing here, or nothing that this token may see.")

    static func badQuery(_ name: String, _ detail: String) -> Problem {
        var problem = Problem(.invalidQuery, "The query can't be understood.")
        problem.errors = [Field(pointer: name, detail: detail)]
        return problem
    }

    /// 401 with the reason (RFC 6750 §3).
    ///
    /// - Parameter rule: nil when the fault is not in the token itself.
    static func unauthorized(_ description: String, rule: TokenRule? = nil) -> Problem {
        var problem = Problem(.invalidToken, description)
            .with(.wwwAuthenticate, "Bearer error=\"invalid_token\", error_description=\"\(description)\"")
        problem.rule = rule
        return problem
    }

    /// 401 with the rule that the token broke, and what would change that.
    static func unauthorized(_ error: TokenError) -> Problem {
        var problem = unauthorized(error.description, rule: error.rule)
        problem.remedy = error.remedy
        return problem
    }

    static let revoked = Problem.unauthorized("the token was revoked", rule: .id)
}
