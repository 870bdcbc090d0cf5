/// The address at which the server can be reached, as a URL without a path.
struct ListeningAddress: CustomStringConvertible {
    let description: String

    init(_ host: String, port: Int) {
        description = host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}
