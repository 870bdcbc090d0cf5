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

    /// Why somebody may not read.
    enum Refusal: Error {
        /// Before anything was sent: no valid token, no such board, the store can't be read.
        case problem(Problem)
        /// By the rooms, after the sink was made: too many connections, or the gateway goes down.
        case room(RoomError)
    }

    /// Where a request came from.
    struct Client {
        let peer: SocketAddress?
        /// Every `X-Forwarded-For` of the request.
        let forwarded: [String]
    }

    /// The first step, for those that no middleware has authenticated.
    ///
    /// - Parameter credentials: looks for the token or ticket in the request.
    /// - Throws: ``Problem`` 401, or 429 when too many bad tokens come from there.
    func authenticate(
        _ client: Client, with credentials: () throws(Problem) -> Credentials?
    ) throws(Problem) -> Principal {
        do { return try authenticator.principal(of: try credentials()) } catch {
            throw failures.count(error, from: client.peer, forwarded: client.forwarded)
        }
    }

    /// The other four. Called on `hub`'s loop, on which everything here is called.
    ///
    /// - Parameters:
    ///   - prepare: makes what is asked for, given the tenant's boards.
    ///   - sink: takes the connection for the reader; nothing but the rooms can refuse it any more. Nil when the client
    ///     has gone: then `admitted` is not called.
    ///   - admitted: called once. A reader that is handed over may be ended before this returns to the loop.
    func admit(
        _ principal: Principal, to hub: LoopHub,
        _ prepare: @escaping (_ known: Set<BoardID>) throws(Problem) -> StreamPreparation,
        on sink: @escaping (StreamRequest) throws(Problem) -> (any Sink)?,
        admitted: @escaping (Result<Reader, Refusal>) -> Void
    ) {
        guard let known = relay.boards(of: principal.tenant) else {
            return relay.load(principal.tenant, on: hub.loop).assumeIsolated().whenComplete { result in
                switch result {
                case .success: admit(principal, to: hub, prepare, on: sink, admitted: admitted)
                case .failure(let error): admitted(.failure(.problem(.unavailable(because: error))))
                }
            }
        }
        do {
            switch try prepare(known) {
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
            admitted(.failure(.problem(error)))
        }
    }

    /// The same for a reader without a connection of its own, whose selection was checked against the tenant's boards:
    /// it is opened, and the revocations are looked at once more, when the first page is asked for.
    func follow(
        _ selection: Selection, of principal: Principal, after cursor: Cursor?, pageCount: Int
    ) -> LogFollowing {
        relay.follow(selection, of: principal, after: cursor, pageCount: pageCount) { [authenticator] in
            authenticator.isRevoked($0)
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
