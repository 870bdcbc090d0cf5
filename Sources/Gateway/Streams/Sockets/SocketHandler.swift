import Boards
import Events
import HTTPTypes
import Logging
import NIOCore
import NIOWebSocket
import Rooms
import StrictJSON
import Tokens

/// Handles one open WebSocket: its client's messages, and its end. The rooms write events directly to its sink.
///
/// `@unchecked Sendable`: touched on its connection's loop alone.
final class SocketHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = WebSocketFrame

    private enum Phase {
        /// No token has been sent yet; the timer ends the wait.
        case stranger(Scheduled<Void>)
        /// A token was sent, and its tenant is being loaded.
        case entering
        case open(Reader)
        case closed
    }

    private let streams: Streams
    private let hub: LoopHub
    private let sink: any ConnectionSink
    /// The handshake's query, which is read before the client is authenticated.
    private let query: Query
    private let place: RequestPlace
    private let logger: Logger
    private var messages = SocketMessages()
    private var phase = Phase.closed
    /// The messages that arrived while the tenant was loaded.
    private var early: [String] = []
    /// Whether a new token waits for its key; another one that comes meanwhile does not.
    private var isRenewing = false

    static let mostEarly = 8
    /// The most replays at once for one connection.
    static let mostResumptions = 4
    static let patience = TimeAmount.seconds(5)

    init(
        streams: Streams, hub: LoopHub, sink: any ConnectionSink, query: Query, place: RequestPlace,
        logger: Logger
    ) {
        self.streams = streams
        self.query = query
        self.hub = hub
        self.sink = sink
        self.place = place
        self.logger = logger
    }

    /// Begins a connection whose token came with the handshake.
    func begin(_ reader: Reader) { phase = .open(reader) }

    /// Begins a connection whose first message has to carry the token.
    func awaitToken() {
        phase = .stranger(
            hub.loop.scheduleTask(in: Self.patience) { [self] in end(4001, "no token came within 5 s") })
    }

    // MARK: Incoming messages

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closed = phase { return }
        do throws(SocketViolation) {
            switch try messages.take(unwrapInboundIn(data)) {
            case .text(let text): hear(text)
            case .ping(let payload): answer(SocketBytes.pong(payload))
            case .close(let code): end(code ?? 1000, "")
            case nil: break
            }
        } catch {
            end(error.rawValue, error.reason)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? NIOWebSocketError else {
            leave()
            return sink.abort()
        }
        let violation: SocketViolation = if case .invalidFrameLength = error { .tooBig } else { .protocolError }
        end(violation.rawValue, violation.reason)
    }

    func channelInactive(context: ChannelHandlerContext) {
        sink.forget()
        leave()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        if case .open(let reader) = phase {
            reader.drain(over: streams.settings.drain)
        } else {
            end(1001, CloseReason.serverDraining.rawValue)
        }
    }

    // MARK: Commands

    private func hear(_ text: String) {
        if case .entering = phase {
            early.append(text)
            if early.count > Self.mostEarly { end(1008, "too much was said before the answer") }
            return
        }
        let message = SocketMessage(text)
        let command: SocketCommand
        switch message.command {
        case .success(let found): command = found
        case .failure(let problem):
            if case .stranger = phase { return end(4001, "the first message must be auth") }
            return answer(SocketEndpoint.error(problem, to: message.id, now: hub.wallClock))
        }
        switch phase {
        case .stranger(let timer):
            guard case .auth(let token) = command else { return end(4001, "the first message must be auth") }
            timer.cancel()
            streams.sockets.strangers.leave()
            enter(with: token)
        case .open(let reader):
            let relay = streams.admission.relay
            do throws(Problem) {
                try obey(command, message.id, reader, among: relay.boards(of: reader.tenant) ?? [.main])
            } catch {
                let refusal = error
                guard error.status == .notFound, let read = relay.readBoards(of: reader.tenant, on: hub) else {
                    return answer(SocketEndpoint.error(refusal, to: message.id, now: hub.wallClock))
                }
                read.assumeIsolated().whenComplete { [self] result in
                    do throws(Problem) {
                        guard case .success(let boards) = result else { throw refusal }
                        try obey(command, message.id, reader, among: boards)
                    } catch {
                        answer(SocketEndpoint.error(error, to: message.id, now: hub.wallClock))
                    }
                }
            }
        case .entering, .closed: break
        }
    }

    /// - Parameter id: the client's own for the command, given back in the answer.
    private func obey(
        _ command: SocketCommand, _ id: JSONValue?, _ reader: Reader, among known: Set<BoardID>
    ) throws(Problem) {
        switch command {
        case .auth(let token): try renew(reader, with: token, id)
        case .subscribe(let boards, let types, let since):
            for board in boards { try streams.sockets.require(board, among: known, for: reader.principal) }
            guard reader.resumptions < Self.mostResumptions else {
                throw Problem(.tooManyRequests, "too_many", "Wait for the boards that were asked for before.")
            }
            var filter: TypeFilter?
            if let types {
                filter = reader.selection.types.adding(types)
                if filter == nil { throw .badCommand("types can be 64 at most") }
            }
            reader.subscribe(to: boards, types: filter, since: since, id: id)
        case .unsubscribe(let boards, let types):
            var filter: TypeFilter?
            if let types {
                filter = reader.selection.types.removing(types)
                if filter == nil { throw .badCommand("no type would be left; unsubscribe from boards, or close") }
            }
            reader.unsubscribe(from: boards, of: known, types: filter, id: id)
        case .typing(let board, let task, let isTyping):
            guard reader.principal.allows(.write) else {
                throw Problem(.forbidden, "role_forbidden", "This token's role does not allow to write.")
            }
            type(isTyping, into: task, on: board, id, reader)
        case .ping: answer(SocketEndpoint.pong(to: id, now: hub.wallClock))
        }
    }

    private func renew(
        _ reader: Reader, with token: String, _ id: JSONValue?, waits: Bool = true
    ) throws(Problem) {
        let principal: Principal
        do throws(Problem) { principal = try self.principal(token, waits: waits && !isRenewing) } catch {
            guard let arrival = error.keyArrival else { throw error }
            isRenewing = true
            return arrival.assumeIsolated().whenComplete { [self] _ in
                isRenewing = false
                guard case .open(let reader) = phase else { return }
                do throws(Problem) { try renew(reader, with: token, id, waits: false) } catch {
                    answer(SocketEndpoint.error(error, to: id, now: hub.wallClock))
                }
            }
        }
        guard principal.tenant == reader.tenant, principal.user == reader.user else {
            throw .notYours
        }
        guard reader.renew(with: principal) else { return }
        answer(SocketEndpoint.renewed(until: principal.expiresAt, to: id, now: hub.wallClock))
    }

    /// Sets typing, after asking the store whether the task exists.
    private func type(_ isTyping: Bool, into task: Int, on board: BoardID, _ id: JSONValue?, _ reader: Reader) {
        let (author, connection) = (reader.principal, reader.id)
        Task { [typing = streams.sockets.typing, hub, logger] in
            do { try await typing.set(isTyping, at: task, on: board, by: author) } catch {
                let problem = Problem(answering: error, logger: logger, ["connection": "\(connection)"])
                let refusal = SocketEndpoint.error(problem, to: id, now: hub.wallClock)
                hub.loop.execute { self.answer(refusal) }
            }
        }
    }

    private func principal(_ token: String, waits: Bool) throws(Problem) -> Principal {
        try streams.admission.authenticate(place.client, waitingOn: waits ? hub.loop : nil) { () throws(Problem) in
            .token(token[...])
        }
    }

    // MARK: Opening and ending

    private func enter(with token: String, waits: Bool = true) {
        phase = .entering
        let principal: Principal
        do throws(Problem) { principal = try self.principal(token, waits: waits) } catch {
            guard let arrival = error.keyArrival else { return end(4001, error.detail) }
            return arrival.assumeIsolated().whenComplete { [self] _ in
                if case .entering = phase { enter(with: token, waits: false) }
            }
        }
        streams.admission.admit(
            principal, to: hub,
            { [streams, query, place] known throws(Problem) in
                .ready(
                    try streams.sockets.request(
                        query, by: principal, head: ByteBuffer(), prefix: place.prefix, known: known))
            },
            on: { [self] _ throws(Problem) in if case .entering = phase { sink } else { nil } },
            admitted: { [self] in entered($0) })
    }

    private func entered(_ result: Result<Reader, ReaderAdmission.Refusal>) {
        guard case .entering = phase else {
            if case .success(let reader) = result { reader.drop() }
            return
        }
        switch result {
        case .success(let reader):
            phase = .open(reader)
            let waiting = early
            early = []
            for text in waiting { hear(text) }
        case .failure(.room(.draining)): end(1001, CloseReason.serverDraining.rawValue)
        case .failure(.room): end(1013, CloseReason.limitReached.rawValue)
        case .failure(.problem(let problem)):
            problem.log(to: logger, ["transport": "websocket"])
            switch problem.status {
            case .badRequest: end(1008, problem.detail)
            case .serviceUnavailable: end(1013, "the store can't be read now")
            default: end(4003, problem.detail)
            }
        }
    }

    private func answer(_ bytes: ByteBuffer) {
        switch phase {
        case .open(let reader): reader.send(bytes)
        case .stranger, .entering: if sink.send(bytes) != bytes.readableBytes { end(4008, "stalled") }
        case .closed: break
        }
    }

    /// Sends a close frame with the reason, and closes.
    private func end(_ code: UInt16, _ reason: String) {
        switch phase {
        case .closed: return
        case .open(let reader):
            if !reader.isBlocked { sink.finish(SocketBytes.close(code, reason)) }
        case .stranger, .entering: sink.finish(SocketBytes.close(code, reason))
        }
        leave()
        sink.abort()
    }

    private func leave() {
        if case .stranger(let timer) = phase {
            timer.cancel()
            streams.sockets.strangers.leave()
        }
        if case .open(let reader) = phase { reader.drop() }
        phase = .closed
    }
}
