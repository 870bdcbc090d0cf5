import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOHTTP1

/// A client of one Boardcast gateway: its calls, and its events.
///
/// ```swift
/// let boardcast = try Boardcast("https://boards.example.com") { try await session.token() }
/// try await boardcast.createTask("Hello, board")
/// for try await event in boardcast.events(boards: ["main"]) {
///     if case .task(let change) = event.content { print(event.type, change.task.name) }
/// }
/// ```
///
/// It follows no redirect, so that the token is sent to no other server. Safe to use from any task.
public struct Boardcast: Sendable {
    /// Where the gateway is, without a slash at the end.
    let base: String
    let tokens: TokenSource

    /// - Parameters:
    ///   - url: the gateway's, with a path where a proxy serves it below one.
    ///   - token: asked for a token before the first call, before the token ends, and when the gateway has refused it.
    /// - Throws: ``BoardcastError/badURL`` for what is no `http` or `https` URL, or has a user, a query or a fragment.
    public init(_ url: String, token: @escaping @Sendable () async throws -> String) throws(BoardcastError) {
        guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme ?? ""),
            parts.host?.isEmpty == false, parts.user == nil, parts.query == nil, parts.fragment == nil
        else { throw .badURL }
        var base = url
        while base.last == "/" { base.removeLast() }
        self.base = base
        tokens = TokenSource(token)
    }

    /// The same with a token that is never renewed.
    public init(_ url: String, token: String) throws(BoardcastError) { try self.init(url) { token } }

    /// The events of these boards and types, from now on or after a cursor.
    ///
    /// The sequence reconnects by itself, continues where it was, and gives each event once, in order. It ends by an error
    /// when it can't go on, and when its task is cancelled.
    ///
    /// - Parameters:
    ///   - boards: nil for all that the token is good for.
    ///   - types: `task.*` means all of a family; nil for all.
    ///   - cursor: ``BoardcastEvent/cursor`` of the last event that is known, or ``BoardSnapshot/cursor``.
    ///   - state: called as the connection changes, never twice at once.
    public func events(
        boards: [String]? = nil, types: [String]? = nil, since cursor: String? = nil,
        state: @escaping @Sendable (ConnectionState) -> Void = { _ in }
    ) -> BoardcastEvents {
        var query = (boards ?? []).map { URLQueryItem(name: "board", value: $0) }
        if let types { query.append(URLQueryItem(name: "types", value: types.joined(separator: ","))) }
        return BoardcastEvents(client: self, path: Self.path("/sse/connect", query), cursor: cursor, state: state)
    }

    /// Any call of the API.
    ///
    /// Where no answer comes it is made again, three times in all. A write has an `Idempotency-Key`, so that this does not do
    /// it twice.
    ///
    /// - Parameters:
    ///   - path: begins with a slash, and is percent-encoded.
    ///   - body: JSON.
    ///   - version: that which a task or board must still have (`If-Match`).
    /// - Returns: the answer's body, which may be empty.
    /// - Throws: ``BoardcastError``, `CancellationError`.
    public func request(
        _ method: String, _ path: String, body: Data? = nil, version: Int? = nil, idempotencyKey: String? = nil
    ) async throws -> Data {
        var headers: HTTPHeaders = [:]
        if body != nil { headers.add(name: "Content-Type", value: "application/json") }
        if let version { headers.add(name: "If-Match", value: "\"\(version)\"") }
        if method != "GET" { headers.add(name: "Idempotency-Key", value: idempotencyKey ?? UUID().uuidString) }
        var pauses = Pauses()
        for attempt in 1... {
            do {
                let (answer, _) = try await open(method, path, headers: headers, body: body, by: HTTPClients.calls)
                return Data(try await answer.body.collect(upTo: Self.longestAnswer).readableBytesView)
            } catch let error as BoardcastError {
                guard case .unreachable = error, attempt < 3 else { throw error }
            } catch {
                try Task.checkCancellation()
                guard attempt < 3 else { throw BoardcastError.unreachable("\(error)") }
            }
            try await Task.sleep(for: pauses.next(atLeast: .zero))
        }
        throw CancellationError()
    }

    /// An answer that has begun and is no refusal, and the token that it was given to. Another token is asked for when the first one is refused.
    func open(
        _ method: String, _ path: String, headers: HTTPHeaders, body: Data? = nil, by client: HTTPClient
    ) async throws -> (answer: HTTPClientResponse, token: String) {
        precondition(path.hasPrefix("/"), "a path begins with a slash")
        var token = try await tokens.get()
        var isSecond = false
        while true {
            var request = HTTPClientRequest(url: base + path)
            request.method = HTTPMethod(rawValue: method)
            request.headers = headers
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
            if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
            let answer: HTTPClientResponse
            do { answer = try await client.execute(request, timeout: .seconds(30)) } catch {
                try Task.checkCancellation()
                throw BoardcastError.unreachable("\(error)")
            }
            if 200..<300 ~= answer.status.code { return (answer, token) }
            let refusal = await BoardcastError.Refusal(answer)
            guard refusal.status == 401, !isSecond else { throw BoardcastError.refused(refusal) }
            await tokens.refuse(token)
            let fresh = try await tokens.get()
            // The gateway may be fetching its key.
            if fresh == token { try await Task.sleep(for: .seconds(1)) }
            (token, isSecond) = (fresh, true)
        }
    }

    static func path(_ path: String, _ query: [URLQueryItem]) -> String {
        guard !query.isEmpty else { return path }
        var parts = URLComponents()
        parts.queryItems = query
        // A plus would be read as a space.
        return "\(path)?\((parts.percentEncodedQuery ?? "").replacingOccurrences(of: "+", with: "%2B"))"
    }

    /// Bytes.
    private static let longestAnswer = 64 << 20
}
