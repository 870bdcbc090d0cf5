import ArgumentParser
import Client
import Glibc
import UnixSignals

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make tasks of a table, of a Trello or Wekan board's JSON, or of an export of ours.",
        discussion: """
            A table is a file with commas, semicolons or tabs, as Jira, Linear, Asana, Notion, Todoist, GitHub Projects, \
            Trello, Planner, ClickUp and Excel write it. A workbook (.xlsx, .ods, .numbers) has to be saved as CSV with \
            UTF-8 first. Only a row without a name becomes no task.

            Shows how far it is on a terminal, and in the end which rows were bad and what was not understood. The same file is \
            imported once a day, so that a command that was cut off can be given again: it goes on where it ended. Ctrl-C \
            cancels the import. Ends with 0 when every row is a task now, 2 when rows were bad, 5 when somebody else \
            cancelled it, 1 when it failed.

            EXAMPLES
              BOARDCAST_TOKEN=… boardcast import tasks.csv --board main
              boardcast import trello.json --board plan --lists create --url https://boards.example.com --token-file token
              generate-tasks | boardcast import - --again --json
            """)

    @Argument(help: ArgumentHelp("20 MiB at most, unless the server is set otherwise; - is stdin.", valueName: "file"))
    var file: String

    @OptionGroup var options: RemoteOptions

    @Option(help: ArgumentHelp("Where the tasks go.", valueName: "id"))
    var board = "main"

    /// What becomes of lists that the board has no column for.
    enum Lists: String, ExpressibleByArgument, CaseIterable { case match, create }

    @Option(
        help: ArgumentHelp(
            "What becomes of the file's lists that the board has no column for: match puts their tasks into the first, "
                + "create adds columns, for admins.", valueName: "match|create"))
    var lists = Lists.match

    @Option(
        help: ArgumentHelp(
            "The encoding of the file's text: windows-1250, iso-8859-2, koi8-r and the like. "
                + "[default: UTF-8 or UTF-16, else Windows-1252]", valueName: "name"))
    var encoding: String?

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
        let isName = encoding.map { 1...40 ~= $0.utf8.count && $0.utf8.allSatisfy(Self.isInName) }
        guard isName != false else { throw ValidationError("--encoding takes a name such as windows-1250") }
    }

    /// Letters, digits and what is between them in the names of encodings.
    private static func isInName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let client = try options.client()
        let whole = try ImportFile(file)
        let file = whole.withoutHistory
        if file.bytes.count < whole.bytes.count {
            StandardError.say("the board's history is left out: nobody imports it")
        }
        let own = file.key + (lists == .create ? "-lists" : "") + (encoding.map { "-\($0.lowercased())" } ?? "")
        let once = key ?? (again ? own + "-\(UInt64.random(in: .min ... .max))" : own)
        let work = RemoteImport(
            file, to: board, addsLists: lists == .create, encoding: encoding, on: client, key: once)
        try await Failure.naming([board]) { try await run(work) }
    }

    private func run(_ work: RemoteImport) async throws {
        let job = try await finish(work)
        if job.isRepeated { StandardError.say("this file was imported before") }
        try StandardOutput.write(json ? job.json : job.report.summary)
        if let failure = job.report.failure { throw failure }
    }

    /// The job as it ended.
    ///
    /// - Throws: ``Failure``; interrupted when a signal cancelled the import.
    private func finish(_ work: RemoteImport) async throws -> RemoteImport.Job {
        try await withThrowingTaskGroup(of: RemoteImport.Job.self) { group in
            group.addTask {
                let line = ProgressLine()
                let job = try await work.run { line.show($0.bar) }
                line.clear()
                return job
            }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
                try Task.checkCancellation()
                throw await Self.interrupt(work)
            }
            defer { group.cancelAll() }
            guard let job = try await group.next() else { throw CancellationError() }
            return job
        }
    }

    private static func interrupt(_ work: RemoteImport) async -> Failure {
        do throws(Failure) {
            let words =
                try await work.cancel()
                ? "the import is cancelled; the tasks made so far stay" : "interrupted before the import began"
            return Failure(.interrupted, words)
        } catch {
            return Failure(.interrupted, "interrupted, but the import goes on: \(error)")
        }
    }
}
