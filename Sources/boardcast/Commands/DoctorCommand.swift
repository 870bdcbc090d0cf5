import ArgumentParser
import Client
import Foundation

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine a server from here, through whatever proxies there are.",
        discussion: """
            Looks at the answer of /healthz, the clock, the token, a stream's first event and heartbeat, resuming, \
            Last-Event-ID, long polls and WebSockets, and says of what does not work what to change. With --write it also makes a task, \
            waits for it on the stream, and deletes it. Waits for one heartbeat: 20 s, unless the server is set otherwise.

            With --watch it goes on, and ends when something does not work any more, so that it can be a canary under \
            systemd or in a container. --metrics has the latest findings in a file for Prometheus' node_exporter.

            Ends with 0 when everything works, 3 when the token is refused, 7 when something else does not work.

            EXAMPLES
              BOARDCAST_TOKEN=… boardcast doctor https://boards.example.com
              boardcast doctor https://boards.example.com --token-file token --write --json
              boardcast doctor https://boards.example.com --token-file token --watch 60 --metrics doctor.prom
            """)

    @Argument(help: "The server, as its clients see it.")
    var url: String

    @Option(help: ArgumentHelp("Where the token is. [default: $BOARDCAST_TOKEN itself]", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Make a task, and delete it again.")
    var write = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: ArgumentHelp("Go on, with so many seconds in between, until something fails.", valueName: "seconds"))
    var watch: Int?

    @Option(help: ArgumentHelp("Where the latest findings are written, as metrics.", valueName: "file"))
    var metrics: String?

    func validate() throws {
        if let watch, watch < 1 { throw ValidationError("--watch must be a second at least.") }
    }

    func run() async throws {
        var options = RemoteOptions()
        (options.url, options.tokenFile) = (url, tokenFile)
        let examination = Examination(try options.client())
        repeat {
            try await examine(examination)
            if let watch { try await Task.sleep(for: .seconds(watch)) }
        } while watch != nil
    }

    private func examine(_ examination: Examination) async throws {
        let findings = await examination.run(writes: write)
        try Finding.print(findings, asJSON: json)
        if let metrics {
            do { try Data(Finding.metrics(findings).utf8).write(to: URL(filePath: metrics), options: .atomic) } catch {
                throw Failure(.usage, "\(metrics) can't be written: \(error.localizedDescription)")
            }
        }
        guard let failure = findings.first(where: { $0.level == .failure }) else { return }
        throw Failure(failure.subject == "token" ? .auth : .unreachable, "not everything works as it should")
    }
}
