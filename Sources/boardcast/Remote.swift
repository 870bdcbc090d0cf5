import ArgumentParser
import AsyncHTTPClient
import CommandLineTools
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import StrictJSON

/// Which server to talk to, and as whom.
struct RemoteOptions: ParsableArguments {
    @Option(help: "The server. [default: $BOARDCAST_URL, or else http://127.0.0.1:8788]")
    var url: String?

    @Option(help: ArgumentHelp("Where the token is. [default: $BOARDCAST_TOKEN itself]", valueName: "file"))
    var tokenFile: String?

    func remote() throws(Failure) -> Remote {
        let environment = Environment.variables
        var server = ServerURL.local
        if let text = url ?? environment["BOARDCAST_URL"], !text.isEmpty {
            guard let given = ServerURL(text) else {
                throw Failure(
                    .usage, "--url must be one such as https://boards.example.com, without user, query or fragment")
            }
            server = given
        }
        return Remote(server: server, token: try TokenSource(file: tokenFile, environment: environment))
    }
}

/// A Boardcast server, as a command talks to it.
struct Remote {
    let server: ServerURL
    let token: TokenSource

    /// For streams, which may be silent for as long as their readers have patience.
    private static let streams = makeClient(readTimeout: nil)
    private static let calls = makeClient(readTimeout: .seconds(30))

    /// Follows no redirect, so that the token goes nowhere else. Is never shut down: it lives as long as the process.
    private static func makeClient(readTimeout: TimeAmount?) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(10), read: readTimeout)
        return HTTPClient(configuration: configuration)
    }

    /// Asks for a stream and returns once the answer has begun, after 30 s at most.
    func stream(
        _ path: String, query: [(name: String, value: String)], headers: HTTPHeaders
    ) async throws -> HTTPClientResponse {
        try await send(path, query: query, headers: headers, by: Self.streams)
    }

    /// Makes a call that changes something.
    ///
    /// - Parameter json: the body; nil sends none.
    /// - Throws: what went wrong on the network, for ``words(for:)``, or ``Failure`` of the token.
    func call(_ method: HTTPMethod, _ path: String, json: [UInt8]? = nil) async throws -> HTTPClientResponse {
        let headers: HTTPHeaders = json == nil ? [:] : ["Content-Type": "application/json"]
        return try await send(path, method, headers: headers, body: json, by: Self.calls)
    }

    private func send(
        _ path: String, _ method: HTTPMethod = .GET, query: [(name: String, value: String)] = [],
        headers: HTTPHeaders, body: [UInt8]? = nil, by client: HTTPClient, timeout: TimeAmount = .seconds(30)
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: server.url(path, query: query))
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        request.headers = headers
        request.headers.add(name: "Authorization", value: "Bearer \(try token.token())")
        request.headers.add(name: "User-Agent", value: "boardcast/\(Boardcast.configuration.version)")
        return try await client.execute(request, timeout: timeout)
    }

    /// The body of a 2xx to a file, which may take 10 minutes.
    ///
    /// - Throws: as ``get(_:query:)``.
    func post(
        _ path: String, query: [(name: String, value: String)] = [], headers: HTTPHeaders = [:], _ body: [UInt8] = []
    ) async throws(Failure) -> [UInt8] {
        try await answered {
            try await send(
                path, .POST, query: query, headers: headers, body: body, by: Self.calls, timeout: .minutes(10))
        }
    }

    /// The body of a 2xx.
    ///
    /// - Throws: ``Failure``, by the status of any other answer, or unreachable.
    func get(_ path: String, query: [(name: String, value: String)] = []) async throws(Failure) -> [UInt8] {
        try await answered { try await send(path, query: query, headers: [:], by: Self.calls) }
    }

    /// The body of a 2xx to `json`.
    ///
    /// - Throws: as ``get(_:query:)`` does.
    func post(json: [UInt8], to path: String) async throws(Failure) -> [UInt8] {
        try await answered { try await call(.POST, path, json: json) }
    }

    private func answered(by call: () async throws -> HTTPClientResponse) async throws(Failure) -> [UInt8] {
        do {
            let response = try await call()
            guard 200..<300 ~= response.status.code else { throw await Refusal(response).failure }
            return Array(buffer: try await response.body.collect(upTo: 64 << 20))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.unreachable, "can't reach \(server): \(Remote.words(for: error))")
        }
    }

    /// What went wrong on the network, in a few words.
    static func words(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription.lowercased()
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words(for: $0.error) } ?? "no address for this name"
        default: "\(error)"
        }
    }
}

/// An answer that is not what was asked for: its status, and the detail of its problem (RFC 9457).
struct Refusal {
    let status: Int
    let detail: String
    let retryAfter: Duration?

    init(_ response: HTTPClientResponse) async {
        status = Int(response.status.code)
        let seconds = response.headers.first(name: "retry-after").flatMap { Int($0) }
        retryAfter = seconds.map { .seconds(min(max(0, $0), 3600)) }
        let body = try? await response.body.collect(upTo: 1 << 20)
        let problem = body.flatMap { try? JSONParser.parse(Array(buffer: $0)).object }
        detail = problem?["detail"]?.string ?? "the server answers \(response.status)"
    }

    var failure: Failure { Failure(Exit(status: status), detail) }
}
