import ArgumentParser
import Client

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine a server from here, through whatever proxies there are.",
        discussion: """
            Looks at the answer of /healthz, the clock, the token, a stream's first event and heartbeat, resuming, \
            Last-Event-ID and long polls, and says of what does not work what to change. With --write it also makes a task, \
            waits for it on the stream, and deletes it. Waits for one heartbeat: 20 s, unless the server is set otherwise.

            Ends with 0 when everything works, 3 when the token is refused, 7 when something else does not work.

            EXAMPLES
              BOARDCAST_TOKEN=… boardcast doctor https://boards.example.com
              boardcast doctor https://boards.example.com --token-file token --write --json
            """)

    @Argument(help: "The server, as its clients see it.")
    var url: String

    @Option(help: ArgumentHelp("Where the token is. [default: $BOARDCAST_TOKEN itself]", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Make a task, and delete it again.")
    var write = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        var options = RemoteOptions()
        (options.url, options.tokenFile) = (url, tokenFile)
        let findings = await Examination(try options.client()).run(writes: write)
        try Finding.print(findings, asJSON: json)
        guard let failure = findings.first(where: { $0.level == .failure }) else { return }
        throw Failure(failure.subject == "token" ? .auth : .unreachable, "not everything works as it should")
    }
}
