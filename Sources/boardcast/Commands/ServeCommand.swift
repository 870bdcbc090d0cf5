import ArgumentParser
import ServerSettings

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the server.",
        discussion: """
            Prints one line, “listening on http://HOST:PORT”, when it accepts connections; logs go to stderr. Flags win \
            over the environment (BOARDCAST_HTTP_PORT), that over the secrets directory (one file a key, such as \
            auth.secret), that over the file. Config/boardcast.yaml documents every key.

            EXAMPLES
              boardcast serve --dev
              BOARDCAST_AUTH_SECRET_FILE=secret boardcast serve --port 80
              boardcast serve --config boardcast.yaml --secrets /run/secrets
              boardcast serve --database sqlite:/var/lib/boardcast/board.sqlite
            """)

    @OptionGroup var options: ServerOptions

    @Flag(help: "Try it out on this machine: makes a secret and a sample board, and prints a URL to open.")
    var dev = false

    func run() async throws {
        let defaults = dev ? Development.defaults : [:]
        var settings = try options.settings(defaults: defaults)
        let development = dev ? try Development(for: settings) : nil
        settings = development?.completing(settings) ?? settings
        try await Server(settings, links: development?.links).run { [options] in
            let settings = try options.settings(defaults: defaults)
            return development?.completing(settings) ?? settings
        } listening: { address, store in
            try? StandardOutput.write("listening on \(address)")
            await development?.introduce(address, to: store)
        }
    }
}
