import Text

extension Settings {
    /// Checks that only this machine can reach the server, since `--dev` prints an admin's token.
    ///
    /// - Throws: ``InvalidSettings`` when `http.host` is an address that others can reach.
    public func requireLoopback() throws(InvalidSettings) {
        let isLoopback =
            http.host == "localhost" || http.host == "::1" || http.host.isLoopbackIPv4Address
        guard isLoopback else { throw InvalidSettings(.developmentBeyondLoopback(host: http.host)) }
    }
}
