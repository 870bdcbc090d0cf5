import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON

/// One call of the API: its name, who may make it, its parameters and answers, and the function that does it.
///
/// All calls are in one ``CallList``. The routes, the access rules, `405` with `Allow`, the methods of CORS preflights
/// and the names in the access log come from it.
struct Call: Sendable {
    /// Does the work, once every check that the call's description asks for has passed.
    typealias Handler = @Sendable (CallInput, TenantContext) async throws -> Response
    /// The same for a call that is one write: says what is to be written. Nil for a request that is more than that.
    /// Nil for a request that needs more; a refusal is thrown.
    typealias Preparation = @Sendable (CallInput, Principal) throws -> PreparedCall?
    typealias OpenHandler = @Sendable (CallInput, AppContext) async throws -> Response

    /// Who may make the call.
    enum Access: Sendable, Equatable {
        /// Everybody, without a token.
        case open
        /// Everybody with a valid token.
        case token
        /// Those with a valid token whose role has the permission.
        case role(Permission)

        static let read = Access.role(.read)
        static let write = Access.role(.write)
        static let publish = Access.role(.publish)
        static let administer = Access.role(.administer)
    }

    /// The body of the request.
    enum Body: Sendable, Equatable {
        /// No body; one that is sent is ignored.
        case none
        /// One JSON object of at most `http.maxBodyBytes`.
        case object(_ schema: JSONSchema)
        /// The same, as a merge patch (RFC 7396), which may also be sent as `application/merge-patch+json`.
        case patch(_ schema: JSONSchema)
        /// A file. The handler reads it, and the `Idempotency-Key`, once it has room for the file.
        case file(types: Set<String>, limit: Int)
    }

    enum Work: Sendable {
        case open(OpenHandler)
        case tenant(Handler)
        /// Answered before the router, by ``StreamFront``.
        case stream(any StreamEndpoint)
        /// The same, as a WebSocket.
        case socket
    }

    /// Stable and, but for the files of the page, unique: `tasks.create`. For logs and metrics.
    let name: String
    let method: HTTPRequest.Method
    let path: PathPattern
    /// The kind of the path's parameter; a value of another kind is 404.
    let parameter: PathParameter?
    /// The router's name of that parameter.
    let parameterName: String?
    let access: Access
    /// Whether it counts towards the limit of writes; reading never does.
    let isLimited: Bool
    /// The names that its query knows; nil for a call that does not look at the query.
    let query: [QueryParameter]?
    let queryNames: QueryNames?
    /// The request's header fields that it reads, besides those that all calls read.
    let fields: [HTTPField.Name]
    let body: Body
    /// Its successful answers. Its refusals, beyond those that follow from this description, are in ``refusals``.
    let answers: [CallAnswer]
    let refusals: [HTTPResponse.Status]
    /// One sentence, for the API's description.
    let summary: String
    let work: Work
    /// How it is answered without a task, if it can be; ``work`` does the same.
    let direct: Preparation?

    private init(
        _ name: String, _ method: HTTPRequest.Method, _ path: PathPattern, _ access: Access, _ summary: String,
        _ parameter: PathParameter?, _ query: [QueryParameter]?, _ fields: [HTTPField.Name], _ body: Body,
        _ answers: [CallAnswer], _ refusals: [HTTPResponse.Status], isLimited: Bool, _ work: Work,
        direct: Preparation? = nil
    ) {
        (self.name, self.method, self.path, self.access) = (name, method, path, access)
        (self.summary, self.parameter, self.query, self.fields) = (summary, parameter, query, fields)
        (self.body, self.answers, self.refusals) = (body, answers, refusals)
        (self.isLimited, self.work, self.direct) = (isLimited, work, direct)
        parameterName = path.parameterName
        queryNames = query.map(QueryNames.init)
    }

    /// A call on behalf of a tenant.
    init(
        _ name: String, _ method: HTTPRequest.Method, _ path: PathPattern, _ access: Access, _ summary: String,
        parameter: PathParameter? = nil, query: [QueryParameter] = [], fields: [HTTPField.Name] = [],
        body: Body = .none, answers: [CallAnswer], refusals: [HTTPResponse.Status] = [], isLimited: Bool = true,
        direct: Preparation? = nil, _ handler: @escaping Handler
    ) {
        self.init(
            name, method, path, access, summary, parameter, query, fields, body, answers, refusals,
            isLimited: isLimited, .tenant(handler), direct: direct)
    }

    /// A call that needs no task, wherever it is answered.
    static func direct(
        _ name: String, _ method: HTTPRequest.Method, _ path: PathPattern, _ access: Access, _ summary: String,
        parameter: PathParameter? = nil, fields: [HTTPField.Name] = [], body: Body = .none, answers: [CallAnswer],
        refusals: [HTTPResponse.Status] = [], _ prepare: @escaping @Sendable (CallInput) throws -> PreparedCall
    ) -> Call {
        let handler: Handler = { input, context in
            let prepared = try prepare(input)
            let result = await withCheckedContinuation { done in
                prepared.begin(context.principal, input.once) { done.resume(returning: $0) }
            }
            return try result().response
        }
        return Call(
            name, method, path, access, summary, parameter, [], fields, body, answers, refusals, isLimited: true,
            .tenant(handler), direct: { input, _ in try prepare(input) })
    }

    /// A call that needs no token.
    ///
    /// - Parameter query: nil when it does not look at the query.
    static func open(
        _ name: String, _ method: HTTPRequest.Method, _ path: PathPattern, _ summary: String,
        query: [QueryParameter]?, answers: [CallAnswer], refusals: [HTTPResponse.Status] = [],
        _ handler: @escaping OpenHandler
    ) -> Call {
        Call(
            name, method, path, .open, summary, nil, query, [], .none, answers, refusals, isLimited: false,
            .open(handler))
    }

    /// A stream, which is answered before the router.
    static func stream(
        _ name: String, _ endpoint: any StreamEndpoint, _ summary: String, parameter: PathParameter? = nil,
        refusals: [HTTPResponse.Status] = []
    ) -> Call {
        Call(
            name, .get, endpoint.path, .read, summary, parameter, QueryParameter.all(of: endpoint), [.lastEventID],
            .none, [.events(endpoint.items)], refusals, isLimited: false, .stream(endpoint))
    }

    /// The WebSocket, which takes the same query as `endpoint`.
    static func socket(
        _ name: String, _ path: PathPattern, like endpoint: any StreamEndpoint, _ summary: String,
        refusals: [HTTPResponse.Status] = []
    ) -> Call {
        Call(
            name, .get, path, .read, summary, nil, QueryParameter.all(of: endpoint), [], .none,
            [.empty(.switchingProtocols)], refusals, isLimited: false, .socket)
    }

    /// Nil for a call that is no event stream.
    var endpoint: (any StreamEndpoint)? {
        if case .stream(let endpoint) = work { endpoint } else { nil }
    }

    /// Whether its answers may have megabytes.
    var isLarge: Bool {
        guard method == .get else { return false }
        return answers.contains { answer in
            switch answer.content {
            case .json(let schema):
                schema.name.map(["BoardSnapshot", "EventPage", "JobPage", "TaskPage"].contains) == true
            case .file: isForTenants
            case .none, .events: false
            }
        }
    }

    /// Whether it may take long, so that it is kept from its connection's event loop: large answers, and what
    /// administrators ask, which may be about each of thousands of connections.
    var isLong: Bool { isLarge || access == .administer }

    /// Its path as the router writes it.
    var route: String { RouterPath(path.description).description }

    /// Whether the router answers it, and only to a verified token.
    var isForTenants: Bool { if case .tenant = work { true } else { false } }

    /// Whether the router answers it.
    var isRouted: Bool {
        switch work {
        case .open, .tenant: true
        case .stream, .socket: false
        }
    }
}
