import ArgumentParser
import Client
import Text

/// Which server to talk to, and as whom.
struct RemoteOptions: ParsableArguments {
    @Option(help: "The server. [default: $BOARDCAST_URL, or else http://127.0.0.1:8788]")
    var url: String?

    @Option(help: ArgumentHelp("Where the token is. [default: $BOARDCAST_TOKEN itself]", valueName: "file"))
    var tokenFile: String?

    /// - Throws: ``Failure`` of usage.
    func client() throws(Failure) -> GatewayClient {
        let environment = Environment.variables
        var address = url ?? environment["BOARDCAST_URL"] ?? ""
        if address.isEmpty { address = "http://127.0.0.1:8788" }
        guard let server = ServerURL(address) else {
            throw Failure(
                .usage, "--url must be one such as https://boards.example.com, without user, query or fragment")
        }
        let source = try TokenSource(file: tokenFile, environment: environment)
        return GatewayClient(server, userAgent: "boardcast/\(Boardcast.configuration.version)") {
            () throws(Failure) in try source.token()
        }
    }
}
