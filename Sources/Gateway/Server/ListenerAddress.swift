import Hummingbird

/// Where the gateway listens.
public enum ListenerAddress: Sendable, Equatable {
    /// A name or an address without brackets.
    case network(host: String, port: Int)
    /// A Unix socket. Whoever may open its file is taken for a trusted proxy on this machine.
    case socket(path: String)

    var bindAddress: BindAddress {
        switch self {
        case .network(let host, let port): .hostname(host, port: port)
        case .socket(let path): .unixDomainSocket(path: path)
        }
    }
}
