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

    @OptionGroup var options: ServerOptions

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
        do throws(InvalidSettings) {
            let settings = try options.settings()
            return [Finding(.ok, "settings", "valid")] + (await StartCheck(settings: settings).run())
        } catch {
            return error.problems.map { Finding(.failure, "settings", $0.description) }
        }
    }
}
