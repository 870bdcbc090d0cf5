import NIOCore

/// Where the gateway listens.
public enum ListenerAddress: Sendable, Equatable {
    /// A name or an address without brackets.
    case network(host: String, port: Int)
    /// A Unix socket. Whoever may open its file is taken for a trusted proxy on this machine.
    case socket(path: String)

    /// The socket address; a name is looked up, which blocks.
    func resolved() throws -> SocketAddress {
        switch self {
        case .network(let host, let port): try SocketAddress.makeAddressResolvingHost(host, port: port)
        case .socket(let path): try SocketAddress(unixDomainSocketPath: path)
        }
    }
}
