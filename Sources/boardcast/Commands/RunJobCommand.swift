import ArgumentParser
import Client
import Glibc
import UnixSignals

struct RunJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a command and report it as a job.",
        discussion: """
            The command's stdout is passed on, save lines such as “PROGRESS 40 reading the file”: these are the job's progress \
            and message. When it exits with 0 the job is completed, else it has failed. When the job is cancelled, or on \
            Ctrl-C, the command is ended with all its descendants: SIGTERM, and SIGKILL 5 s later.

            Exits as the command does; 5 when the job was cancelled, 130 on Ctrl-C.

            EXAMPLES
              boardcast job run --name "Nightly import" --board main -- ./import.sh data.csv
              boardcast job run --name Index -- sh -c 'for i in 10 50 90; do echo "PROGRESS $i"; sleep 1; done'
            """)

    @OptionGroup var options: RemoteOptions

    @Option(help: "What the job is called.")
    var name: String

    @Option(help: ArgumentHelp("The board that hears of it. [default: you alone]", valueName: "id"))
    var board: String?

    @Option(
        help: ArgumentHelp(
            "Seconds between two signs of life; less than the server's jobs.stallSeconds.", valueName: "s"))
    var heartbeat = 20

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command, after --.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty, !command[0].isEmpty else {
            throw ValidationError("put the command after --, such as: -- ./import.sh data.csv")
        }
        guard 1...3600 ~= heartbeat else { throw ValidationError("--heartbeat takes 1 to 3600 seconds") }
    }

    func run() async throws {
        let client = try options.client()
        let reports = try await Failure.naming(board.map { [$0] } ?? []) {
            try await JobReports.make(name, board: board, on: client)
        }
        StandardError.say("job \(reports.id)")
        let interruptions = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let child: ChildProcess
        do { child = try ChildProcess.start(command) } catch {
            _ = await reports.fail(error.message, exitCode: nil)
            throw error
        }
        _ = await reports.begin()
        let worker = Worker(
            client: client, reports: reports, child: child, heartbeat: .seconds(heartbeat),
            interruptions: interruptions)
        let code = try await worker.run()
        if code != 0 { Glibc.exit(code) }
    }
}
