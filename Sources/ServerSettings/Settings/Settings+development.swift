import Text

extension Settings {
    /// `--dev` makes a secret and prints a token: for this machine alone.
    ///
    /// - Throws: ``InvalidSettings`` when `http.host` is one that others can reach.
    public func requireLoopback() throws(InvalidSettings) {
        let isLoopback =
            http.host == "localhost" || http.host == "::1" || http.host.isLoopbackIPv4Address
        guard isLoopback else { throw InvalidSettings(.developmentBeyondLoopback(host: http.host)) }
    }
}
