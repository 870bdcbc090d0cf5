import Client
import Gateway
import Glibc

/// The address at which the server can be reached: a URL without a path, or `unix:` and a path.
struct ListeningAddress: CustomStringConvertible {
    let description: String
    private let address: ListenerAddress

    /// - Parameter port: the one that was taken.
    init(_ address: ListenerAddress, port: Int?, isSecure: Bool = false) {
        let scheme = isSecure ? "https" : "http"
        self.address = address
        description =
            switch address {
            case .socket(let path): "unix:\(path)"
            case .network(let host, let wanted) where host.contains(":"): "\(scheme)://[\(host)]:\(port ?? wanted)"
            case .network(let host, let wanted): "\(scheme)://\(host):\(port ?? wanted)"
            }
    }

    /// Why nobody can listen here, and what to do about it.
    ///
    /// - Parameter code: the system's `errno`.
    func failure(_ code: CInt) -> Failure {
        switch (code, address) {
        case (EADDRINUSE, .network(let host, let port)):
            let other = port < 65535 ? port + 1 : port - 1
            return Failure(
                .usage,
                "port \(port) of \(host) is taken, perhaps by another boardcast: end that, or try --port \(other)")
        case (EACCES, .network(_, let port)) where port < 1024:
            return Failure(
                .usage, "port \(port) is for root, or wants the capability CAP_NET_BIND_SERVICE; others begin at 1024")
        case (EADDRNOTAVAIL, .network(let host, _)):
            return Failure(.usage, "\(host) is no address of this machine; --host names one, or 0.0.0.0 for all")
        default:
            return Failure(.usage, "can't listen on \(self): \(String(cString: strerror(code)).lowercased())")
        }
    }
}
