import Text

/// The subprotocols that a WebSocket's client offers (RFC 6455 §11.3.4): `bearer` and, after it, a token. It is the one
/// field in which a browser's script can send one.
struct SocketOffer {
    static let bearer = "bearer"
    static let none = SocketOffer()

    let token: Substring?
    /// The one that is spoken here, to be named in the answer; a browser closes a connection that accepts none of its own.
    let accepted: String?

    private init() { (token, accepted) = (nil, nil) }

    /// - Parameter fields: every `Sec-WebSocket-Protocol`.
    /// - Throws: ``Problem`` 401 when there may be two tokens.
    init(_ fields: [String]) throws(Problem) {
        let names = fields.flatMap { $0.split(separator: ",") }.map(\.trimmed)
        guard let place = names.firstIndex(where: { $0 == Self.bearer }) else {
            self = .none
            return
        }
        guard names.count(where: { $0 == Self.bearer }) == 1 else {
            throw .unauthorized("there is more than one bearer among the subprotocols")
        }
        let next = names.dropFirst(place + 1).first
        token = next.flatMap { $0.isEmpty ? nil : $0 }
        accepted = Self.bearer
    }
}
