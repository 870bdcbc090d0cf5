import Boards
import Contracts
import Events
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Imports
import Logging
import NIOCore
import NIOPosix
import Rooms
import StrictJSON
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import Gateway

/// The whole HTTP side in process: a store in memory, rooms on one loop, tokens of our own, a clock that stands still.
struct TestGateway: Sendable {
    /// 2026-01-15T10:30:00.000Z
    static let now: Timestamp = 1_768_473_000_000
    /// The same as tokens have it.
    static let second = now.milliseconds / 1000
    static let secret = Array("a secret for tests, of 32 bytes and more".utf8)
    private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    let store: any BoardStore
    let jobs: JobKeeper
    let imports: ImportRunner
    let admin: any AdminStore = MemoryAdminStore()
    let authenticator: Authenticator
    /// As it stands in cursors.
    var epoch: String { store.epoch.description }
    let relay: Relay
    let hub: LoopHub
    let presence: PresenceHub
    let streams: Streams
    let calls: CallList
    let callFront: CallFront
    private let application: Application<RouterResponder<AppContext>>

    /// - Parameter uptime: what limits go by; unless it is given, everybody has recovered before each call.
    init(
        _ settings: GatewaySettings = GatewaySettings(), retention: Retention = Retention(), assets: [Asset] = [],
        uptime: (@Sendable () -> Uptime)? = nil, logger: Logger? = nil,
        checks: @escaping @Sendable () -> [HealthCheck] = { [] }
    ) throws {
        let clock = TestClock()
        let relay = Relay(limits: RoomLimits(), clock: { Self.now })
        let memory = MemoryBoardStore(retention: retention, now: { Self.now }, announce: { relay.announce($0) })
        jobs = JobKeeper(store: memory, patience: .seconds(300), uptime: uptime ?? clock.readLater)
        store = JobKeepingStore(jobs)
        let loop = Self.loops.any()
        presence = PresenceHub(for: relay, on: loop)
        relay.start(history: store, on: [loop], presence: presence)
        hub = try #require(relay.hub(on: loop))
        self.relay = relay
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(secret: Self.secret)]))
        var silent = Logger(label: "test")
        silent.logLevel = .critical
        let logger = logger ?? silent
        authenticator = Authenticator(verifier: verifier) { Self.now }
        let gateway = Gateway(
            authenticator: authenticator, jobs: jobs, admin: admin,
            audit: AuditLog(store: admin, logger: logger) { Self.now }, relay: relay, presence: presence,
            assets: assets, settings: settings, checks: checks, uptime: uptime ?? clock.readLater)
        imports = gateway.imports
        streams = gateway.makeStreams()
        calls = gateway.calls
        callFront = gateway.callFront(on: loop)
        application = Application(router: gateway.router(), logger: logger)
    }

    /// A member of acme, unless told otherwise.
    static func token(
        _ role: String? = nil, tenant: String = "acme", user: String = "ann", boards: [String]? = nil,
        expires: Int = second + 3600, id: String? = nil, issued: Int? = nil, secret: [UInt8] = secret
    ) throws -> String {
        var json = JSONWriter()
        json.object {
            $0.name("sub"); $0.string(user)
            $0.name("tenant"); $0.string(tenant)
            $0.name("exp"); $0.int(expires)
            if let id { $0.name("jti"); $0.string(id) }
            if let issued { $0.name("iat"); $0.int(issued) }
            if let role { $0.name("role"); $0.string(role) }
            if let boards { $0.name("boards"); $0.array(boards) { $0.string($1) } }
        }
        return try TokenSigner(key: try TokenKey(secret: secret)).sign(json.bytes)
    }

    /// Sends a request, and holds the answer against the API's description.
    ///
    /// - Parameters:
    ///   - token: sent as `Authorization: Bearer`; nil sends none.
    ///   - isTyped: whether a body without a `Content-Type` among the headers is called JSON.
    func call(
        _ method: HTTPRequest.Method, _ path: String, as token: String?, _ body: String? = nil,
        headers: HTTPFields = [:], isTyped: Bool = true
    ) async throws -> Answer {
        var fields = headers
        if let token { fields.append(HTTPField(name: .authorization, value: "Bearer \(token)")) }
        if body != nil, isTyped, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        let all = fields
        let answer = try await application.test(.router) { client in
            let response = try await client.executeRequest(
                uri: path, method: method, headers: all, body: body.map { ByteBuffer(string: $0) })
            return Answer(response.status.code, response.headers, Array(response.body.readableBytesView))
        }
        if let operation = Description.v31.operation(method, path), operation.isRouted,
            Described.shared.wants(answer, of: operation)
        {
            #expect(Description.v31.errors(answer, of: operation) == [], "\(method) \(path)")
        }
        return answer
    }

    func call(
        _ method: HTTPRequest.Method, _ path: String, _ role: String? = nil, _ body: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await call(method, path, as: try Self.token(role), body, headers: headers)
    }

    /// As many tasks as asked for, from number 1 on.
    func addTasks(_ count: Int, on board: String = "main") async throws {
        for number in 1...count {
            let answer = try await call(.post, "/api/tasks", nil, #"{"name":"task \#(number)","boardId":"\#(board)"}"#)
            try #require(answer.status == 201)
        }
    }

    func addBoard(_ id: String) async throws {
        try #require(try await call(.post, "/api/boards", "admin", #"{"id":"\#(id)"}"#).status == 201)
    }

    /// The number of the newest event of acme.
    func head() async throws -> Int { try await store.bounds(of: TenantID("acme")!).head }
}

/// What a client gets.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    init(_ status: Int, _ headers: HTTPFields, _ bytes: [UInt8]) {
        (self.status, self.headers, self.bytes) = (status, headers, bytes)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var object: JSONObject { get throws { try #require(try JSONParser.parse(bytes).object) } }
    subscript(name: String) -> JSONValue? { (try? object)?[name] }
    var code: String? { self["code"]?.string }
    var task: JSONObject? { self["task"]?.object }
    var board: JSONObject? { self["board"]?.object }
    var items: [JSONObject] { self["items"]?.array?.compactMap(\.object) ?? [] }
    var events: [JSONObject] { self["events"]?.array?.compactMap(\.object) ?? [] }
    /// Where each error is.
    var pointers: [String] { self["errors"]?.array?.compactMap { $0.object?["pointer"]?.string } ?? [] }

    /// Body and headers without what differs from one request to the next.
    var withoutRequestID: String {
        let id = headers[.xRequestID] ?? "-"
        let fields = headers.filter { ![.xRequestID, .rateLimit].contains($0.name) }.map { "\($0.name): \($0.value)" }
            .sorted()
        return ([String(status)] + fields + [text.split(separator: id).joined()]).joined(separator: "\n")
    }
}
