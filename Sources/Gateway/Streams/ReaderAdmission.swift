import Events
import HTTPTypes
import NIOCore
import Rooms

/// The one way in for readers of the log: streams, WebSockets, long polls and the streams of older systems.
///
/// Always five steps in this order: verify the token; load the tenant; check what is asked for against the tenant's
/// boards and the token's; open the reader in the rooms; look at the revocations once more. A revocation that arrives
/// after the first step and is carried out before the fourth has not seen this reader; the fifth step ends it.
struct ReaderAdmission: Sendable {
    let authenticator: Authenticator
    let failures: AuthFailures
    let relay: Relay

    /// Why a reader is refused.
    enum Refusal: Error {
        /// Refused before the sink was made: no valid token, no such board, the store can't be read.
        case problem(Problem)
        /// Refused by the rooms, after the sink was made: too many connections, or the gateway is shutting down.
        case room(RoomError)
    }

    /// Takes the first step, for requests that no middleware has authenticated.
    ///
    /// - Parameters:
    ///   - loop: as ``Authenticator/principal(of:waitingOn:)`` has it.
    ///   - credentials: looks for the token or ticket in the request.
    /// - Throws: ``Problem`` 401, which may have a ``Problem/keyArrival``, or 429 when too many bad tokens come from that
    ///   address.
    func authenticate(
        _ client: ClientAddress?, waitingOn loop: (any EventLoop)?, with credentials: () throws(Problem) -> Credentials?
    ) throws(Problem) -> Principal {
        do {
            let principal = try authenticator.principal(of: try credentials(), waitingOn: loop)
            try authenticator.checkLasting(principal)
            return principal
        } catch {
            throw failures.count(error, from: client)
        }
    }

    /// Takes the other four steps. Called on `hub`'s loop, on which all closures are called too.
    ///
    /// - Parameters:
    ///   - prepare: makes the request for a stream, given the tenant's boards.
    ///   - sink: takes the connection for the reader; after that only the rooms can refuse it. Nil when the client has
    ///     left: then `admitted` is not called.
    ///   - admitted: called once. The reader may have ended by the time this returns.
    ///   - boards: the tenant's boards as they were just read; nil for those in memory.
    func admit(
        _ principal: Principal, to hub: LoopHub, among boards: Set<BoardID>? = nil,
        _ prepare: @escaping (_ known: Set<BoardID>) throws(Problem) -> StreamPreparation,
        on sink: @escaping (StreamRequest) throws(Problem) -> (any Sink)?,
        admitted: @escaping (Result<Reader, Refusal>) -> Void
    ) {
        guard let memory = relay.boards(of: principal.tenant) else {
            return relay.load(principal.tenant, on: hub.loop).assumeIsolated().whenComplete { result in
                switch result {
                case .success: admit(principal, to: hub, prepare, on: sink, admitted: admitted)
                case .failure(let error): admitted(.failure(.problem(.unavailable(because: error))))
                }
            }
        }
        do {
            switch try prepare(boards ?? memory) {
            case .ready(let request): open(request, on: hub, sink, admitted)
            case .reading(let read):
                let promise = hub.loop.makePromise(of: StreamRequest.self)
                promise.completeWithTask { try await read() }
                promise.futureResult.assumeIsolated().whenComplete { result in
                    switch result {
                    case .success(let request): open(request, on: hub, sink, admitted)
                    case .failure(let error):
                        admitted(.failure(.problem(error as? Problem ?? .unavailable(because: error))))
                    }
                }
            }
        } catch {
            guard error.status == .notFound, boards == nil,
                let read = relay.readBoards(of: principal.tenant, on: hub)
            else { return admitted(.failure(.problem(error))) }
            read.assumeIsolated().whenComplete { result in
                guard case .success(let boards) = result else { return admitted(.failure(.problem(error))) }
                admit(principal, to: hub, among: boards, prepare, on: sink, admitted: admitted)
            }
        }
    }

    /// Opens the reader of a poll that waits, whose selection was checked against the tenant's boards, and looks at the
    /// revocations once more. Called on `hub`'s loop.
    ///
    /// - Parameter opened: called once, there. The reader may have ended by the time this returns.
    func open(
        _ poll: WaitingPoll, to hub: LoopHub, on sink: PollSink,
        opened: @escaping (Result<Reader, RoomError>) -> Void
    ) {
        let request = StreamRequest(
            principal: poll.principal, selection: poll.asked, wire: .poll, cursor: nil, head: ByteBuffer(),
            snapshotURL: "")
        hub.open(request, on: sink) { result in
            opened(result)
            if case .success(let reader) = result, authenticator.isRevoked(poll.principal) {
                reader.close(.revoked, reconnectAfter: nil)
            }
        }
    }

    private func open(
        _ request: StreamRequest, on hub: LoopHub, _ sink: (StreamRequest) throws(Problem) -> (any Sink)?,
        _ admitted: @escaping (Result<Reader, Refusal>) -> Void
    ) {
        let taken: (any Sink)?
        do { taken = try sink(request) } catch { return admitted(.failure(.problem(error))) }
        guard let taken else { return }
        hub.open(request, on: taken) { result in
            admitted(result.mapError(Refusal.room))
            if case .success(let reader) = result, authenticator.isRevoked(request.principal) {
                reader.close(.revoked, reconnectAfter: nil)
            }
        }
    }
}
