import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import Text

/// A client of one gateway, which makes its calls with one token.
///
/// It follows no redirect, so that the token is sent to no other server.
public struct GatewayClient: Sendable {
    /// Where the gateway is.
    public let server: ServerURL
    private let userAgent: String
    private let token: @Sendable () throws(Failure) -> String

    /// - Parameter token: called for each request, so that a renewed token is used.
    public init(
        _ server: ServerURL, userAgent: String = "boardcast", token: @escaping @Sendable () throws(Failure) -> String
    ) {
        self.server = server
        self.userAgent = userAgent
        self.token = token
    }

    /// The token that the next request would have.
    func currentToken() throws(Failure) -> String { try token() }

    /// The body of a 2xx to a GET.
    ///
    /// - Throws: ``Failure``, by the status of any other answer, or unreachable.
    public func get(_ path: String, query: [(name: String, value: String)] = []) async throws(Failure) -> [UInt8] {
        try await body { try await send(.GET, path, query: query, by: HTTPClients.calls) }
    }

    /// The body of a 2xx to a POST of `json`; nil sends no body.
    ///
    /// - Throws: as ``get(_:query:)`` does.
    public func post(_ path: String, json: [UInt8]? = nil) async throws(Failure) -> [UInt8] {
        try await body { try await send(.POST, path, json: json) }
    }

    /// The body of a 2xx to a PATCH of `json`.
    ///
    /// - Throws: as ``get(_:query:)`` does.
    public func patch(_ path: String, json: [UInt8]) async throws(Failure) -> [UInt8] {
        try await body { try await send(.PATCH, path, json: json) }
    }

    /// A DELETE that is answered with a 2xx.
    ///
    /// - Throws: as ``get(_:query:)`` does.
    func delete(_ path: String) async throws(Failure) {
        _ = try await body { try await send(.DELETE, path, json: nil) }
    }

    /// The body of a 2xx to a POST of a file, which may take 10 minutes.
    ///
    /// - Throws: as ``get(_:query:)`` does.
    func upload(
        _ file: [UInt8], to path: String, query: [(name: String, value: String)], headers: HTTPHeaders
    ) async throws(Failure) -> [UInt8] {
        try await body {
            try await send(
                .POST, path, query: query, headers: headers, body: file, by: HTTPClients.calls, timeout: .minutes(10))
        }
    }

    /// Asks for a stream and returns once the answer has begun, after 30 s at most.
    ///
    /// - Throws: ``Failure`` of the token, or what went wrong on the network.
    func stream(
        _ path: String, query: [(name: String, value: String)], headers: HTTPHeaders
    ) async throws -> HTTPClientResponse {
        try await send(.GET, path, query: query, headers: headers, by: HTTPClients.streams)
    }

    private func send(_ method: HTTPMethod, _ path: String, json: [UInt8]?) async throws -> HTTPClientResponse {
        let headers: HTTPHeaders = json == nil ? [:] : ["Content-Type": "application/json"]
        return try await send(method, path, headers: headers, body: json, by: HTTPClients.calls)
    }

    private func send(
        _ method: HTTPMethod, _ path: String, query: [(name: String, value: String)] = [], headers: HTTPHeaders = [:],
        body: [UInt8]? = nil, by client: HTTPClient, timeout: TimeAmount = .seconds(30)
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: server.url(path, query: query))
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        request.headers = headers
        request.headers.add(name: "Authorization", value: "Bearer \(try token())")
        request.headers.add(name: "User-Agent", value: userAgent)
        return try await client.execute(request, timeout: timeout)
    }

    private func body(of call: () async throws -> HTTPClientResponse) async throws(Failure) -> [UInt8] {
        do {
            let response = try await call()
            guard 200..<300 ~= response.status.code else { throw await Refusal(response).failure }
            return Array(buffer: try await response.body.collect(upTo: 64 << 20))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.unreachable, "can't reach \(server): \(NetworkProblem.words(for: error))")
        }
    }
}
