import Gateway

/// The address at which the server can be reached: a URL without a path, or `unix:` and a path.
struct ListeningAddress: CustomStringConvertible {
    let description: String

    /// - Parameter port: the one that was taken.
    init(_ address: ListenerAddress, port: Int?, isSecure: Bool = false) {
        let scheme = isSecure ? "https" : "http"
        description =
            switch address {
            case .socket(let path): "unix:\(path)"
            case .network(let host, let wanted) where host.contains(":"): "\(scheme)://[\(host)]:\(port ?? wanted)"
            case .network(let host, let wanted): "\(scheme)://\(host):\(port ?? wanted)"
            }
    }
}
