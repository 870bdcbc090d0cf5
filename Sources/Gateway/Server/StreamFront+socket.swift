import Events
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Rooms
import Text

/// The opening handshake of a WebSocket, until the connection is one.
extension StreamFront {
    /// - Throws: ``Problem``; the connection goes on with HTTP requests.
    func openSocket(
        _ head: HTTPRequestHead, context: ChannelHandlerContext, waitingOn loop: (any EventLoop)?
    ) throws(Problem) {
        if case .shared = transport {
            // RFC 8441 would have it; browsers open a connection of HTTP/1.1 instead.
            throw Problem(.httpVersion, "A WebSocket needs HTTP/1.1.")
        }
        guard head.version != .http1_0 else {
            let detail = "A WebSocket needs HTTP/1.1; in nginx set proxy_http_version 1.1."
            throw Problem(.httpVersion, detail)
        }
        let fields = CredentialFields(head)
        let place = streams.place(of: fields, peer: peer(context))
        let offer = try SocketOffer(head.headers["sec-websocket-protocol"])
        let isFromOurs = RequestOrigin(fields, at: place).isTrusted(origins: streams.settings.allOrigins)
        if !isFromOurs { logForeign(fields, place) }
        let handshake = try SocketHandshake(head, accepting: offer, isFromOurs: isFromOurs)
        let query = try streams.sockets.query(of: head)
        if streams.admission.relay.isDraining { throw .draining }
        guard fields.hasAny || offer.token != nil || query["token"] != nil || query["ticket"] != nil else {
            return try admitStranger(query, place, handshake, ClientLabel(place, head), context: context)
        }
        let principal = try streams.authenticate(fields, query, at: place, offer: offer, waitingOn: loop)
        // Made when only the rooms can still refuse the reader, and used once they have accepted it.
        var sink: (any ConnectionSink)?
        streams.admission.admit(
            principal, to: hub,
            { [streams] known throws(Problem) in
                .ready(
                    try streams.sockets.request(
                        query, by: principal, head: handshake.response, prefix: place.prefix, known: known))
            },
            on: { [self] _ throws(Problem) in
                guard context.channel.isActive, case .deciding = mode else { return nil }
                sink = try makeSink(context)
                return sink
            },
            admitted: { [self] result in
                switch result {
                case .success(let reader):
                    // The client may have left meanwhile.
                    guard let sink, context.channel.isActive, case .deciding = mode else { return reader.drop() }
                    become(context, sink, query, place, ClientLabel(place, head)).begin(reader)
                case .failure(let refusal):
                    refuse(SocketEndpoint.refusal(refusal), head, of: principal.tenant, context: context)
                }
            })
    }

    /// Opens a WebSocket whose first message has to carry the token.
    private func admitStranger(
        _ query: Query, _ place: RequestPlace, _ handshake: SocketHandshake, _ client: ClientLabel,
        context: ChannelHandlerContext
    ) throws(Problem) {
        guard streams.sockets.strangers.enter() else { throw Problem(RoomError.full(limit: Strangers.limit)) }
        let sink: any ConnectionSink
        do throws(Problem) { sink = try makeSink(context) } catch {
            streams.sockets.strangers.leave()
            throw error
        }
        let handler = become(context, sink, query, place, client)
        handler.awaitToken()
        let response = handshake.response
        if sink.send(response) != response.readableBytes { sink.abort() }
    }

    /// Which origin was compared with which host: what whoever configures a proxy has to know.
    private func logForeign(_ fields: CredentialFields, _ place: RequestPlace) {
        logger.info(
            "origin refused",
            metadata: [
                "origin": "\((fields.origin.first ?? "").printable)", "host": "\(place.authority?.description ?? "")",
            ])
    }

    private func makeSink(_ context: ChannelHandlerContext) throws(Problem) -> any ConnectionSink {
        guard let sink = transport.sink(context, sendBuffer: hub.limits.sendBuffer, lingers: true) else {
            throw .unavailable
        }
        return sink
    }

    /// Turns the connection into a WebSocket.
    private func become(
        _ context: ChannelHandlerContext, _ sink: any ConnectionSink, _ query: Query, _ place: RequestPlace,
        _ client: ClientLabel
    ) -> SocketHandler {
        leaveRequests(for: .socket, context: context)
        let handler = SocketHandler(
            streams: streams, hub: hub, sink: sink, query: query, place: place, client: client, logger: logger)
        let decoder = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: SocketMessages.longest))
        // Fails only for a handler that is not in the pipeline.
        try? context.pipeline.syncOperations.addHandlers([decoder, handler], position: .after(self))
        removeCodec(context: context)
        return handler
    }
}
