import Events
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Rooms

/// The opening handshake of a WebSocket, up to the moment when the connection is one.
extension StreamFront {
    /// - Throws: ``Problem``; the connection stays one of requests.
    func decideSocket(_ head: HTTPRequestHead, context: ChannelHandlerContext) throws(Problem) {
        let isFromOurs = RequestOrigin(CredentialFields(head)).isTrusted(origins: route.settings.allOrigins)
        let handshake = try SocketHandshake(head, isFromOurs: isFromOurs)
        let query = try route.query(head)
        if route.relay.isDraining { throw SocketRoute.refusal(.draining) }
        guard CredentialFields(head).hasAny || query["token"] != nil || query["ticket"] != nil else {
            return try admitStranger(query, head.forwarded, handshake, context: context)
        }
        enter(try route.caller(head, from: context.remoteAddress), head, handshake, context: context)
    }

    private func enter(
        _ caller: StreamRoute.Caller, _ head: HTTPRequestHead, _ handshake: SocketHandshake,
        context: ChannelHandlerContext
    ) {
        guard context.channel.isActive, case .deciding = mode else { return }
        guard let known = route.relay.boards(of: caller.principal.tenant) else {
            return route.relay.load(caller.principal.tenant, on: context.eventLoop).assumeIsolated().whenComplete {
                switch $0 {
                case .success: self.enter(caller, head, handshake, context: context)
                case .failure: self.refuse(.unavailable, head, of: caller.principal.tenant, context: context)
                }
            }
        }
        do throws(Problem) {
            let request = try sockets.request(caller, head: handshake.response, known: known)
            let sink = try makeSink(context)
            hub.open(request, on: sink) { [self] result in
                guard context.channel.isActive, case .deciding = mode else {
                    if case .success(let reader) = result { hub.drop(reader) }
                    return
                }
                switch result {
                case .success(let reader):
                    become(context, sink, caller.query, head.forwarded).begin(reader)
                    // A revocation that came meanwhile has not seen this connection.
                    if route.authenticator.isRevoked(caller.principal) {
                        hub.close(reader, .revoked, reconnectAfter: nil)
                    }
                case .failure(let error):
                    refuse(SocketRoute.refusal(error), head, of: caller.principal.tenant, context: context)
                }
            }
        } catch {
            refuse(error, head, of: caller.principal.tenant, context: context)
        }
    }

    /// Opens a WebSocket whose first message has to bring the token.
    private func admitStranger(
        _ query: Query, _ forwarded: [String], _ handshake: SocketHandshake, context: ChannelHandlerContext
    ) throws(Problem) {
        guard sockets.strangers.enter() else { throw SocketRoute.refusal(.full(limit: Strangers.limit)) }
        let sink: DescriptorSink
        do throws(Problem) { sink = try makeSink(context) } catch {
            sockets.strangers.leave()
            throw error
        }
        let handler = become(context, sink, query, forwarded)
        handler.awaitToken()
        let response = handshake.response
        if sink.send(response) != response.readableBytes { sink.abort() }
    }

    private func makeSink(_ context: ChannelHandlerContext) throws(Problem) -> DescriptorSink {
        guard let sink = DescriptorSink(context: context, sendBuffer: hub.limits.queueBytes / 2, lingers: true)
        else { throw .unavailable }
        return sink
    }

    /// From now on the connection is a WebSocket.
    private func become(
        _ context: ChannelHandlerContext, _ sink: DescriptorSink, _ query: Query, _ forwarded: [String]
    ) -> SocketHandler {
        leaveRequests(for: .socket, context: context)
        let client = SocketHandler.Client(query: query, peer: context.remoteAddress, forwarded: forwarded)
        let handler = SocketHandler(route: sockets, hub: hub, sink: sink, client: client)
        let decoder = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: SocketMessages.longest))
        // Fails only for a handler that is not in the pipeline.
        try? context.pipeline.syncOperations.addHandlers([decoder, handler], position: .after(self))
        removeCodec(context: context)
        return handler
    }
}
