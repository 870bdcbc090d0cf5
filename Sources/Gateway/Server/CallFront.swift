import Boards
import Events
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Answers the calls that boards make while people look at them, on the loop of their connection: without a task, and
/// without the router.
///
/// It makes the same checks as the router by the same functions, and only says yes: a request that any of them refuses,
/// or that has something unusual, goes to the router with its bytes, and is judged there.
struct CallFront: Sendable {
    /// The parts of the router that it shares.
    struct Parts: Sendable {
        let authentication: BearerAuthentication
        let rules: Call.Rules
        let errors: ErrorResponse
        let log: AccessLog
        let settings: LiveSettings
        let dates = DateField()
    }

    /// A request that it takes, until its body is there.
    struct Taken {
        let head: HTTPRequestHead
        fileprivate let call: Call
        fileprivate let prepare: Call.Preparation
        fileprivate let parameter: String?
        var body = ByteBuffer()
    }

    typealias Answer = (head: HTTPResponseHead, body: ByteBuffer)

    private let parts: Parts
    private let calls: [(call: Call, method: HTTPMethod, prepare: Call.Preparation)]
    private let inbox: ReplyInbox

    init(_ calls: CallList, _ parts: Parts, inbox: ReplyInbox) {
        self.parts = parts
        self.inbox = inbox
        self.calls = calls.all.compactMap { call in call.direct.map { (call, HTTPMethod(call.method), $0) } }
    }

    /// Nil for a request that is for the router.
    func take(_ head: HTTPRequestHead) -> Taken? {
        let path = head.path
        for (call, method, prepare) in calls where method == head.method {
            guard let match = call.path.match(path) else { continue }
            guard Self.isPlain(head.headers) else { return nil }
            var parameter: String?
            if case .with(let text) = match { parameter = String(text) }
            return Taken(head: head, call: call, prepare: prepare, parameter: parameter)
        }
        return nil
    }

    /// Whether there is at most a body of a known length that may be parsed on the loop.
    private static func isPlain(_ headers: HTTPHeaders) -> Bool {
        let length = headers["content-length"]
        guard length.count <= 1, length.first.map({ Int($0).map { $0 <= Bodies.largest } ?? false }) ?? true else {
            return false
        }
        return !unusual.contains { headers.contains(name: $0) }
    }

    private static let unusual = ["transfer-encoding", "content-encoding", "expect", "upgrade"]

    /// Begins what `taken` asks for.
    ///
    /// - Parameters:
    ///   - peer: the other end of the connection as a proxy has announced it.
    ///   - answered: called once on the loop, on a later tick, with the answer.
    /// - Returns: false, without having counted or done anything, when the request is for the router to judge.
    func begin(
        _ taken: Taken, on channel: any Channel, peer: ClientAddress?, logger: Logger,
        answered: @escaping (Answer) -> Void
    ) -> Bool {
        let start = ContinuousClock.now
        guard case (let request, var context)? = Self.request(taken, on: channel, peer: peer, logger: logger) else {
            return false
        }
        let fields = CredentialFields(request.head)
        let place = RequestPlace(fields, peer: context.peer, by: parts.settings.read { $0.place })
        let identity = parts.authentication.identify(fields, at: place, waitingOn: nil)
        (context.place, context.identity) = (place, identity)
        guard case .success(let principal) = identity, taken.call.isOpen(to: principal),
            let input = try? taken.call.input(
                request, parameter: taken.parameter, body: taken.body, of: principal.tenant, by: parts.rules),
            let prepared = try? taken.prepare(input, principal)
        else { return false }
        var limit: RateLimitFields?
        if taken.call.isLimited, WriteLimit.counts(taken.call.method) {
            let (decision, fields) = parts.rules.writes.take(principal)
            guard case .allowed = decision else { return false }
            limit = fields
        }
        let asked = Asked(
            call: taken.call, request: request, context: context, principal: principal, limit: limit, start: start)
        let then = NIOLoopBound(answered, eventLoop: inbox.loop)
        prepared.begin(principal, input.once) { result in
            inbox.post {
                then.value(answer(asked, with: result))
                // The body has its room until the write is acknowledged.
                withExtendedLifetime(input.room) {}
            }
        }
        return true
    }

    /// Notes a request whose client left before its body was there, as the router does.
    func abandon(_ taken: Taken, on channel: any Channel, peer: ClientAddress?, logger: Logger) {
        guard let (request, context) = Self.request(taken, on: channel, peer: peer, logger: logger) else { return }
        parts.log.note(
            taken.call.name, request, Problem.badRequest.status.code, context, route: taken.call.route, time: .zero)
    }

    /// - Returns: nil for what is no request by HTTPTypes.
    private static func request(
        _ taken: Taken, on channel: any Channel, peer: ClientAddress?, logger: Logger
    ) -> (Request, AppContext)? {
        guard let head = try? HTTPRequest(taken.head, secure: false, splitCookie: false) else { return nil }
        var logger = logger
        logger[metadataKey: "hb.request.id"] = .stringConvertible(RequestID())
        let context = ConnectionPeer.$announced.withValue(peer) {
            AppContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        }
        return (Request(head: head, body: RequestBody(buffer: taken.body)), context)
    }

    /// A request whose work has begun.
    private struct Asked: Sendable {
        let call: Call
        let request: Request
        let context: AppContext
        let principal: Principal
        let limit: RateLimitFields?
        let start: ContinuousClock.Instant
    }

    private func answer(_ asked: Asked, with result: PreparedCall.Result) -> Answer {
        let context = asked.context
        var response: Response
        var body: ByteBuffer
        do {
            let answer = try result()
            body = ByteBuffer(bytes: answer.json)
            response = answer.response
            if asked.call.takesQuery { response.headers[.acceptQuery] = QueryMethod.accepted }
        } catch {
            let problem = parts.errors.problem(answering: error, logger: context.logger)
            body = problem.body(requestID: context.id)
            response = problem.response(from: asked.request, context: context)
        }
        asked.limit?.add(to: &response.headers)
        ErrorResponse.complete(&response.headers)
        CrossOrigin.complete(
            &response.headers, to: asked.request, of: asked.principal.tenant, by: parts.settings.current)
        PublicLinks.complete(&response.headers, at: context.place)
        response.headers[.xRequestID] = context.id
        response.headers[.date] = parts.dates.now
        parts.log.note(
            asked.call.name, asked.request, response.status.code, context, route: asked.call.route,
            time: .now - asked.start)
        return (HTTPResponseHead(response.head), body)
    }
}

extension Call {
    fileprivate func isOpen(to principal: Principal) -> Bool {
        guard case .role(let permission) = access else { return true }
        return (try? principal.require(permission)) != nil
    }
}
