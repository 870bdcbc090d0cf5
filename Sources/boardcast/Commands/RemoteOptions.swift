import ArgumentParser
import Client
import Text

/// The options that name the server and the token.
struct RemoteOptions: ParsableArguments {
    @Option(help: "The server. [default: $BOARDCAST_URL, or else http://127.0.0.1:8788]")
    var url: String?

    @Option(help: ArgumentHelp("Where the token is. [default: $BOARDCAST_TOKEN itself]", valueName: "file"))
    var tokenFile: String?

    /// - Throws: ``Failure`` of usage when the URL is invalid, or there is no token.
    func client() throws(Failure) -> GatewayClient {
        let environment = Environment.variables
        let server = try Self.server(url, environment: environment)
        let source = try TokenSource(file: tokenFile, environment: environment)
        return GatewayClient(server, userAgent: "boardcast/\(Version.number)") {
            () throws(Failure) in try source.token()
        }
    }

    /// The server that the flag names, or else the environment, or else the one on this machine.
    static func server(_ flag: String?, environment: [String: String]) throws(Failure) -> ServerURL {
        let variable = environment["BOARDCAST_URL"] ?? ""
        let (name, text) = flag.map { ("--url", $0) } ?? ("BOARDCAST_URL", variable.isEmpty ? local : variable)
        guard let server = ServerURL(text) else {
            throw Failure(
                .usage, "\(name) must be one such as https://boards.example.com, without user, query or fragment")
        }
        return server
    }

    private static let local = "http://127.0.0.1:8788"
}
