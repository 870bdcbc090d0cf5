import ArgumentParser
import Client
import ServerSettings

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether the server would start, and what to change.",
        discussion: """
            Takes the options of serve, and looks at settings, keys, the database, its disk, the address, descriptors, memory \
            and the clock. Makes and changes no file. Each line begins with ✓, with ! for what is worth a look, or with ✗ \
            for what would end a start.

            Ends with 0 when the server would start, and 2 when it would not.

            EXAMPLES
              boardcast check --config boardcast.yaml --secrets /run/secrets
              boardcast check --database sqlite:/var/lib/boardcast/boardcast.sqlite --json
            """)

    @OptionGroup var options: DatabaseOptions

    @Option(help: ArgumentHelp("Where it is to listen. [default: 127.0.0.1]", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("[default: 8788]", valueName: "number"))
    var port: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let findings = await findings()
        try Finding.print(findings, asJSON: json)
        guard !findings.contains(where: { $0.level == .failure }) else {
            throw Failure(.usage, "the server would not start")
        }
    }

    private func findings() async -> [Finding] {
        let flags = [
            host.map { SettingsSources.Flag("--host", sets: "http.host", to: $0) },
            port.map { SettingsSources.Flag("--port", sets: "http.port", to: $0) },
        ]
        do throws(InvalidSettings) {
            var settings = try Settings.load(from: options.sources(flags: flags.compactMap { $0 }))
            try settings.readTenants()
            return [Finding(.ok, "settings", "valid")] + (await StartCheck(settings: settings).run())
        } catch {
            return error.problems.map { Finding(.failure, "settings", $0.description) }
        }
    }
}
