import ArgumentParser
import Client
import Events
import Text

struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Print every event as it happens, across reconnections and restarts of the server.",
        discussion: """
            One line an event on stdout; messages about the connection on stderr. Resumes where it was, so that no event is missed \
            and none is printed twice. Ends when the token is refused (3) or a board is unknown (4), and on Ctrl-C (130).

            With --job it follows that job alone: its progress, in one line where stdout is a terminal, to its end (0 when \
            completed, 1 when failed or cancelled).

            EXAMPLES
              BOARDCAST_TOKEN=… boardcast tail
              boardcast tail --token-file token --board main --types task.created,board.*
              boardcast tail --since 42-9f03c1aa --json | jq .task.name
              boardcast tail --job 5f0c… && echo imported
            """)

    @OptionGroup var options: RemoteOptions

    @Option(name: .customLong("board"), help: ArgumentHelp("A board to follow. [default: all]", valueName: "id"))
    var boards: [String] = []

    @Option(help: ArgumentHelp("Types to print, with commas between; task.* takes a family.", valueName: "types"))
    var types: String?

    @Option(help: ArgumentHelp("Begin after this cursor instead of at what comes next.", valueName: "cursor"))
    var since: String?

    @Option(help: ArgumentHelp("A job to follow to its end, and nothing else.", valueName: "id"))
    var job: String?

    @Flag(help: "Print the events' JSON as it came.")
    var json = false

    func validate() throws {
        guard since.map({ Cursor($0) != nil }) != false else {
            throw ValidationError("--since takes a cursor such as 42-9f03c1aa, as --json prints it")
        }
        guard let job else { return }
        guard boards.isEmpty, types == nil, since == nil else {
            throw ValidationError("--job goes with none of --board, --types and --since")
        }
        guard job.utf8.count == 32, job.utf8.allSatisfy(\.isLowercaseHexDigit) else {
            throw ValidationError("--job takes a job's id: 32 hexadecimal digits")
        }
    }

    func run() async throws {
        if let job { return try await follow(job) }
        let query = boards.map { ("board", $0) } + (types.map { [("types", $0)] } ?? [])
        let line = EventLine(terminal: .standardOutput(environment: Environment.variables))
        let printer = EventPrinter(format: json ? .json : .lines(line))
        let stream = FollowedStream(
            "/sse/connect", query: query, of: try options.client(), follower: Follower(since: since),
            show: printer.show)
        try await Failure.naming(boards) { try await stream.run() }
    }

    private func follow(_ job: String) async throws {
        let terminal = Terminal.standardOutput(environment: Environment.variables)
        let printer = EventPrinter(
            format: json ? .json : .progress(ProgressMeter(isLive: terminal.isTerminal)))
        let stream = FollowedStream(
            "/api/jobs/\(job)/stream", of: try options.client(), follower: JobFollower(), show: printer.show)
        try await stream.run()
    }
}
