import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Reads one connection after another, and decides when the next one is made.
actor EventReader {
    private let client: Boardcast
    private let path: String
    private let state: @Sendable (ConnectionState) -> Void
    private var cursor: String?
    /// The number of the newest event that was given, to give none twice.
    private var newest = 0
    private var ready: ArraySlice<BoardcastEvent> = []
    private var chunks: Chunks?
    private var parser = EventParser(id: "")
    private var pauses = Pauses()
    private var retry = Duration.zero
    private var silence = Duration.seconds(50)
    private var token = ""
    private var connectionID: String?
    private var liveSince: ContinuousClock.Instant?
    private var renewal: Task<Void, Never>?
    /// What the gateway has said of the end of this connection.
    private var closing: EventHead?

    init(_ events: BoardcastEvents) {
        (client, path, cursor, state) = (events.client, events.path, events.cursor, events.state)
    }

    deinit { renewal?.cancel() }

    /// One caller at a time.
    func next() async throws -> BoardcastEvent? {
        while true {
            if let event = ready.popFirst() {
                if let place = event.cursor { cursor = place }
                return event
            }
            do {
                // What came before it was given first.
                if let closing { throw try await end(closing) }
                if chunks == nil { try await connect() }
                guard let chunk = try await chunk() else { throw Ended(reason: "ended") }
                try read(chunk)
            } catch {
                try Task.checkCancellation()
                try await pause(after: error)
            }
        }
    }

    private struct Ended: Error {
        let reason: String
        var retryAfter: Duration?
    }

    private func connect() async throws {
        state(.connecting)
        var headers: HTTPHeaders = ["Accept": "text/event-stream"]
        if let cursor { headers.add(name: "Last-Event-ID", value: cursor) }
        let (answer, token) = try await client.open("GET", path, headers: headers, by: HTTPClients.streams)
        guard answer.headers.first(name: "content-type")?.hasPrefix("text/event-stream") == true else {
            throw Ended(reason: "no_stream")
        }
        parser = EventParser(id: cursor ?? "")
        self.token = token
        chunks = Chunks(answer.body)
    }

    /// The next bytes; nil at the end. Silence is taken for a lost connection.
    private func chunk() async throws -> ByteBuffer? {
        guard let chunks else { return nil }
        let patience = silence
        return try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask { try await chunks.next() }
            group.addTask {
                try await Task.sleep(for: patience)
                throw Ended(reason: "silence")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private func read(_ chunk: ByteBuffer) throws {
        for event in try parser.read(chunk.readableBytesView) {
            let json = Data(event.data)
            take(try BoardcastJSON.decode(json), at: event.id, json)
        }
        retry = parser.retry.map { min($0, .seconds(3600)) } ?? retry
    }

    private func take(_ head: EventHead, at place: String, _ json: Data) {
        switch head.type {
        case "connection.established":
            (connectionID, liveSince) = (head.connectionId, .now)
            if let seconds = head.heartbeatSeconds { silence = .seconds(2.5 * min(max(seconds, 0.1), 3600)) }
            if cursor == nil { cursor = head.cursor }
            state(.live)
        case "stream.resync":
            newest = 0
            ready.append(BoardcastEvent(head, cursor: head.cursor, json: json))
        case "token.expiring": renew()
        case "stream.closing": closing = head
        default:
            guard let seq = head.seq else { return ready.append(BoardcastEvent(head, cursor: nil, json: json)) }
            // A cursor that is sent twice gives events twice.
            guard seq > newest else { return }
            newest = seq
            ready.append(BoardcastEvent(head, cursor: place, json: json))
        }
    }

    // MARK: Ends

    /// What the gateway's last words come to. It throws at once where no other connection would do.
    private func end(_ closing: EventHead) async throws -> Ended {
        let reason = closing.reason ?? "ended"
        if closing.reconnect == false {
            guard ["token_expired", "revoked", "access_lost"].contains(reason) else {
                throw BoardcastError.ended(reason: reason)
            }
            await client.tokens.refuse(token)
        }
        return Ended(reason: reason, retryAfter: closing.reconnectAfterMilliseconds.map { .seconds($0 / 1000) })
    }

    /// Waits before the next connection.
    ///
    /// - Throws: `error` itself where another connection would end in the same way.
    private func pause(after error: any Error) async throws {
        forgetConnection()
        let (reason, after): (String, Duration?) =
            switch error {
            case let error as Ended: (error.reason, error.retryAfter)
            case BoardcastError.refused(let refusal):
                if refusal.isFinal {
                    throw error
                } else {
                    // A header names the same time for all.
                    (refusal.code, refusal.retryAfter.map { $0 * Double.random(in: 1...1.2) })
                }
            case BoardcastError.ended: throw error
            case BoardcastError.unreachable: ("network", nil)
            case BoardcastError.notUnderstood: ("not_understood", nil)
            // The source of tokens has its own.
            default: ("network", nil)
            }
        state(.waiting(because: reason))
        let pause = pauses.next(atLeast: retry)
        try await Task.sleep(for: after ?? pause)
    }

    private func forgetConnection() {
        if let since = liveSince, .now - since > .seconds(30) { pauses.reset() }
        renewal?.cancel()
        (chunks, closing, connectionID, liveSince, renewal) = (nil, nil, nil, nil, nil)
    }

    // MARK: The token

    /// Hands a fresh token over, so that the stream outlives the old one.
    private func renew() {
        renewal?.cancel()
        renewal = Task { [weak self] in
            while await self?.handOver() == false {
                do { try await Task.sleep(for: .seconds(10)) } catch { return }
            }
        }
    }

    /// Whether there is nothing left to do. Where it fails, the stream ends with its token, and the next has another.
    private func handOver() async -> Bool {
        guard let connectionID, let fresh = try? await client.tokens.renew() else { return connectionID == nil }
        guard fresh != token else { return false }
        let path = "/sse/connections/\(connectionID)/token"
        guard (try? await client.request("POST", path)) != nil else { return false }
        if self.connectionID == connectionID { token = fresh }
        return true
    }
}
