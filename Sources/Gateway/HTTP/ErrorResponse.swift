import Boards
import Events
import HTTPTypes
import Hummingbird
import Imports
import Logging
import NIOCore
import NIOHTTP1
import StrictJSON

/// Turns every error that is thrown into a response: `application/problem+json` with its status.
struct ErrorResponse: RouterMiddleware {
    let counters: GatewayCounters

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            guard Self.methods.contains(request.method) else { throw Problem.methodUnknown }
            response = try await next(request, context)
        } catch {
            let problem = problem(answering: error, logger: context.logger)
            // The router's own: there is no such path. What a call did not find stays a problem document.
            let page =
                error is any HTTPResponseError && !(error is Problem) && problem.status == .notFound
                ? LostPage.response(to: request, under: context.place?.prefix ?? "") : nil
            response = page ?? problem.response(from: request, context: context)
        }
        Self.complete(&response.headers)
        // Refusals of HEAD have no body either (RFC 9110 §9.3.2).
        return request.method == .head ? response.createHeadResponse() : response
    }

    func problem(answering error: any Error, logger: Logger) -> Problem {
        let problem = Problem(answering: error, logger: logger)
        counters.countLimited(problem.limit)
        return problem
    }

    /// The fields of every answer.
    static func complete(_ headers: inout HTTPFields) {
        headers[.xContentTypeOptions] = "nosniff"
        headers[.referrerPolicy] = "no-referrer"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    }

    /// The methods of RFC 9110 §9.3, RFC 5789 and RFC 10008; any other is 501 on every path.
    private static let methods: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect, .query,
    ]
}

extension Problem {
    /// The answer to `error`; details that a client must not see are logged.
    ///
    /// - Parameter metadata: the id by which the client knows its request or connection, unless the logger has it
    ///   already.
    init(answering error: any Error, logger: Logger, _ metadata: Logger.Metadata = [:]) {
        if let problem = Problem(refusing: error) {
            self = problem
            log(to: logger, metadata)
        } else {
            self = .internal
            // Only the type is logged: the description of an unknown error may contain anything.
            logger.error("request failed", metadata: metadata.merging(["error": "\(type(of: error))"]) { $1 })
        }
    }

    /// Nil for an unexpected error.
    private init?(refusing error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as BoardError: self.init(error)
        case let failure as StoreFailure: self.init(failure)
        case let error as ImportError: self.init(error)
        case JSONError.tooManyValues(let limit): self = .tooManyValues(limit)
        case let error as JSONError:
            self.init(.invalidJSON, "The body is not JSON that we take: \(error).")
        case is NIOTooManyBytesError: self = .bodyTooLarge
        // Nobody reads it but the log: the client has left, or was answered by the guard.
        case is HTTPParserError: self = .badRequest
        case let error as any HTTPResponseError where error.status == .notFound: self = .notFound
        case let error as any HTTPResponseError where error.status == .contentTooLarge: self = .bodyTooLarge
        case let error as any HTTPResponseError:
            self.init(.badRequest, error.status.reasonPhrase + ".")
            status = error.status
        default: return nil
        }
    }

    static let `internal` = Problem(
        .internal, "Something went wrong here; the log has it under this request's id.")
    static let methodUnknown = Problem(.methodUnknown, "This method is not known here.")
    /// The connection is closed, so that the rest of the body need not be read.
    static let bodyTooLarge = Problem(.bodyTooLarge, "The body is larger than we take.")
        .with(.connection, "close")
}

extension HTTPField.Name {
    static let referrerPolicy = Self("Referrer-Policy")!
    static let boardcastSeq = Self("Boardcast-Seq")!
    static let idempotencyKey = Self("Idempotency-Key")!
    static let link = Self("Link")!
    static let lastEventID = Self("Last-Event-ID")!
}
