import Events
import NIOCore
import NIOHTTP1
import Rooms

/// Streams: a connection that asks for one becomes it.
extension StreamFront {
    /// - Throws: ``Problem`` for a bad query or token; the connection goes on with HTTP requests.
    func openStream(
        _ head: HTTPRequestHead, _ match: StreamEndpoints.Match, context: ChannelHandlerContext,
        waitingOn loop: (any EventLoop)?
    ) throws(Problem) {
        let query = try match.query(of: head)
        let fields = CredentialFields(head)
        let place = streams.place(of: fields, peer: peer(context))
        let principal = try streams.authenticate(fields, query, at: place, waitingOn: loop)
        // The wire in which a refusal by the rooms is encoded.
        var wire = Wire.eventStream
        streams.admission.admit(
            principal, to: hub,
            { [streams] known throws(Problem) in
                try match.endpoint.prepare(
                    streams.question(head, match, query, by: principal, prefix: place.prefix, known: known))
            },
            on: { [self] request throws(Problem) in
                wire = request.wire
                return try takeForStream(context, of: head.version)
            },
            admitted: { [self] result in
                switch result {
                case .success(let reader):
                    // The client may have left meanwhile.
                    guard context.channel.isActive else { return reader.drop() }
                    reader.client = ClientLabel(place, head)
                    keep(reader)
                case .failure(.problem(let problem)): refuse(problem, head, of: principal.tenant, context: context)
                // The store can't be read: the connection ends, and the client reconnects by itself.
                case .failure(.room(.unavailable)): if case .stream(let sink) = mode { sink.abort() }
                case .failure(.room(let error)):
                    guard case .stream(let sink) = mode else { return }
                    sink.finish(
                        streams.responses.refusal(
                            error, for: head.version, origin: head.headers.first(name: "origin"), of: principal.tenant,
                            on: wire, now: hub.wallClock))
                }
            })
    }

    /// Turns the connection into a stream; nil when the client has left.
    private func takeForStream(
        _ context: ChannelHandlerContext, of version: HTTPVersion
    ) throws(Problem) -> (any ConnectionSink)? {
        guard context.channel.isActive, case .deciding = mode else { return nil }
        guard
            let sink = transport.sink(
                context, sendBuffer: hub.limits.sendBuffer, removesChunks: version == .http1_0)
        else { throw .unavailable }
        leaveRequests(for: .stream(sink), context: context)
        removeCodec(context: context)
        return sink
    }
}

extension ClientLabel {
    /// The client of a request that came from `place`.
    init(_ place: RequestPlace, _ head: HTTPRequestHead) {
        self.init(address: place.client?.description, agent: head.headers.first(name: "user-agent"))
    }
}
