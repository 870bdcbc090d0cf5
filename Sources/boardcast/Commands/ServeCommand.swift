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

    @Option(help: ArgumentHelp("Settings as YAML.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Settings as files, one a key. [default: $BOARDCAST_SECRETS_DIRECTORY]", valueName: "directory"))
    var secrets: String?

    @Option(help: ArgumentHelp("Where to listen. [default: 127.0.0.1]", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("0 takes any that is free. [default: 8788]", valueName: "number"))
    var port: String?

    @Option(help: ArgumentHelp("sqlite:PATH or sqlite::memory: [default: sqlite:boardcast.sqlite]", valueName: "url"))
    var database: String?

    @Flag(help: "Try it out on this machine: makes a secret and a sample board, and prints a URL to open.")
    var dev = false

    func run() async throws {
        var settings = try Self.load(sources)
        let development = dev ? try Development(for: settings) : nil
        settings = development?.completing(settings) ?? settings
        try await Server(settings).run { [sources] in
            let settings = try Self.load(sources)
            return development?.completing(settings) ?? settings
        } listening: { address, store in
            try? StandardOutput.write("listening on \(address)")
            await development?.introduce(address, to: store)
        }
    }

    private static func load(_ sources: SettingsSources) throws -> Settings {
        var settings = try Settings.load(from: sources)
        try settings.readTenants()
        return settings
    }

    private var sources: SettingsSources {
        let flags = [
            host.map { SettingsSources.Flag("--host", sets: "http.host", to: $0) },
            port.map { SettingsSources.Flag("--port", sets: "http.port", to: $0) },
            database.map { SettingsSources.Flag("--database", sets: "database.url", to: $0) },
        ]
        return SettingsSources(
            environment: Environment.variables, flags: flags.compactMap { $0 }, secretsDirectory: secrets, file: config)
    }
}
