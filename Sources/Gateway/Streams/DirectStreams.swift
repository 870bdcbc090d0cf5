import Events
import NIOHTTP1
import Rooms

/// Makes plain requests for `GET /sse/connect` into streams, directly from a connection's first bytes: no HTTP codec and no
/// handler of HTTP requests is made for them.
///
/// Whatever it does not accept, it leaves alone: nothing was counted, logged or used up, and the same bytes are judged and
/// answered by the handlers of HTTP requests. `@unchecked Sendable`: used on one event loop alone.
final class DirectStreams: @unchecked Sendable {
    private let streams: Streams
    private let match: StreamEndpoints.Match
    /// The last query that was read, since most connections ask for the same.
    private var known: (text: [UInt8], query: Query)?
    /// The last name of a client that was read: as many connections share its bytes as come with it.
    private var agent: (text: [UInt8], name: String)?

    /// A request whose token was verified.
    struct Asked {
        let principal: Principal
        let query: Query
        let lastEventID: String?
        let origin: String?
        let prefix: String
        let client: ClientLabel
    }

    /// - Parameter endpoint: the one at `/sse/connect`.
    init(_ streams: Streams, endpoint: any StreamEndpoint) {
        self.streams = streams
        match = StreamEndpoints.Match(endpoint: endpoint, parameter: nil)
    }

    /// Nil for what is no plain request for a stream, or has no valid token.
    ///
    /// - Parameter peer: the other end of the connection; only asked for where there is a stream to be.
    func asked(_ bytes: UnsafeRawBufferPointer, from peer: () -> ClientAddress?) -> Asked? {
        guard bytes.count <= streams.mostHeaderBytes, let head = StreamHead(bytes), let query = query(head, bytes)
        else {
            return nil
        }
        let text = { (place: Range<Int>) in
            String(decoding: UnsafeRawBufferPointer(rebasing: bytes[place]), as: UTF8.self)
        }
        let lastEventID = head.lastEventID.map(text)
        if head.others.isEmpty, let token = head.token {
            let bearer = UnsafeRawBufferPointer(rebasing: bytes[token])
            guard let principal = streams.admission.authenticator.lastingPrincipal(of: bearer) else { return nil }
            return Asked(
                principal: principal, query: query, lastEventID: lastEventID, origin: nil, prefix: streams.ownPrefix,
                client: ClientLabel(address: peer()?.description, agent: agent(head, bytes)))
        }
        let fields = CredentialFields(head, text)
        let place = streams.place(of: fields, peer: peer())
        guard let principal = streams.lastingPrincipal(fields, query, at: place) else { return nil }
        return Asked(
            principal: principal, query: query, lastEventID: lastEventID, origin: fields.origin.first,
            prefix: place.prefix, client: ClientLabel(address: place.client?.description, agent: agent(head, bytes)))
    }

    /// Opens the stream that was asked for on `connection`, or leaves the connection to the handlers of HTTP requests.
    func open(_ asked: Asked, to hub: LoopHub, on connection: some DirectConnection) {
        var sink: (any Sink)?
        var wire = Wire.eventStream
        streams.admission.admit(
            asked.principal, to: hub,
            { [self] known throws(Problem) in try prepare(asked, known: known) },
            on: { request throws(Problem) in
                wire = request.wire
                sink = try connection.takeOver()
                return sink
            },
            admitted: { [self] result in
                switch result {
                case .success(let reader):
                    reader.client = asked.client
                    connection.keep(reader)
                case .failure(.problem): connection.leave()
                // The store can't be read: the connection ends, and the client reconnects by itself.
                case .failure(.room(.unavailable)): sink?.abort()
                case .failure(.room(let error)):
                    sink?.finish(
                        streams.responses.refusal(
                            error, for: .http1_1, origin: asked.origin, of: asked.principal.tenant, on: wire,
                            now: hub.wallClock))
                }
            })
    }

    private func prepare(_ asked: Asked, known: Set<BoardID>) throws(Problem) -> StreamPreparation {
        try match.endpoint.prepare(
            StreamQuestion(
                principal: asked.principal, query: asked.query, parameter: nil, lastEventID: asked.lastEventID,
                prefix: asked.prefix,
                head: streams.responses.head(for: .http1_1, origin: asked.origin, of: asked.principal.tenant),
                known: known))
    }

    private func agent(_ head: StreamHead, _ bytes: UnsafeRawBufferPointer) -> String {
        let text = UnsafeRawBufferPointer(rebasing: bytes[head.agent].prefix(ClientLabel.longestAgent))
        if let agent, agent.text.elementsEqual(text) { return agent.name }
        let name = String(decoding: text, as: UTF8.self)
        agent = (Array(text), name)
        return name
    }

    private func query(_ head: StreamHead, _ bytes: UnsafeRawBufferPointer) -> Query? {
        let text = UnsafeRawBufferPointer(rebasing: bytes[head.query])
        if let known, known.text.elementsEqual(text) { return known.query }
        guard let query = try? Query(String(decoding: text, as: UTF8.self), allowing: match.endpoint.names),
            // A ticket is valid once; who looks at it uses it up.
            query["ticket"] == nil
        else { return nil }
        // Tokens are not kept.
        if query["token"] == nil { known = (Array(text), query) }
        return query
    }
}

/// A connection whose first bytes asked for a stream. Called on its loop.
protocol DirectConnection: AnyObject {
    /// Becomes a stream; nil when the client has left.
    ///
    /// - Throws: ``Problem`` when the connection can't.
    func takeOver() throws(Problem) -> (any Sink)?
    /// Keeps the reader, which ends with the connection.
    func keep(_ reader: Reader)
    /// Leaves the connection to the handlers of HTTP requests.
    func leave()
}

extension CredentialFields {
    fileprivate init(_ head: StreamHead, _ text: (Range<Int>) -> String) {
        func values(_ field: StreamHead.Field) -> [String] {
            head.others.filter { $0.field == field }.map { text($0.place) }
        }
        self.init(
            isReading: true, authorization: head.token.map { ["Bearer " + text($0)] } ?? [], cookie: values(.cookie),
            host: [text(head.host)], origin: values(.origin), fetchSite: values(.fetchSite),
            forwarded: ForwardedFields(
                addresses: values(.forwardedFor), hosts: values(.forwardedHost), schemes: values(.forwardedProto),
                prefixes: values(.prefix), elements: values(.forwarded)))
    }
}
