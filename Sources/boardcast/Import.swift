import ArgumentParser
import CommandLineTools
import Glibc

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make tasks of a CSV file, of a Trello board's JSON, or of an export of ours.",
        discussion: """
            Shows how far it is on a terminal, and in the end what has become of each row that was bad. The same file is \
            imported once a day, so that a command that was cut off can be given again: it goes on where it ended. Ctrl-C \
            cancels the import. Ends with 0 when every row is a task now, 2 when rows were bad, 5 when somebody else \
            cancelled it, 1 when it failed.

            EXAMPLES
              BOARDCAST_TOKEN=… boardcast import tasks.csv --board main
              boardcast import trello.json --board plan --url https://boards.example.com --token-file token
              generate-tasks | boardcast import - --again --json
            """)

    @Argument(help: ArgumentHelp("20 MiB at most; - is stdin.", valueName: "file"))
    var file: String

    @OptionGroup var options: RemoteOptions

    @Option(help: ArgumentHelp("Where the tasks go.", valueName: "id"))
    var board = "main"

    @Option(help: ArgumentHelp("The Idempotency-Key. [default: one made of the file]", valueName: "key"))
    var key: String?

    @Flag(help: "Import the file although it was imported before.")
    var again = false

    @Flag(help: "Print the job as JSON.")
    var json = false

    func validate() throws {
        guard key == nil || !again else { throw ValidationError("--key and --again can't be given together") }
        let isSound = key.map { 1...128 ~= $0.utf8.count && $0.utf8.allSatisfy { 0x20..<0x7F ~= $0 } }
        guard isSound != false else { throw ValidationError("--key takes 1 to 128 printable ASCII characters") }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let remote = try options.remote()
        let file = try ImportFile(file)
        let once = key ?? (again ? file.key + "-\(UInt64.random(in: .min ... .max))" : file.key)
        let importing = Importing(remote: remote, board: board, file: file, key: once)
        let job = try await importing.run()
        try StandardOutput.write(json ? job.json : job.report.summary)
        guard job.report.exit == .ok else { throw Failure(job.report.exit, "not every row of the file is a task") }
    }
}
