import ArgumentParser
import Client

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish an event of your own. Needs a service's or an admin's token.",
        discussion: """
            To everyone in the tenant, or to those who see a board, or to one user. Prints the event's number; an ephemeral \
            event has none. The data is JSON: text, @ and a file's path, or - for stdin.

            EXAMPLES
              boardcast publish --type deploy.finished --data '{"build":7}'
              boardcast publish --type build.log --board main --data @log.json
              date +'"%s"' | boardcast publish --type clock.tick --data -
              boardcast publish --type cursor.moved --user ann --ephemeral
            """)

    @OptionGroup var options: RemoteOptions

    @Option(help: "A dotted name, such as deploy.finished.")
    var type: String

    @Option(help: ArgumentHelp("For those who see this board.", valueName: "id"))
    var board: String?

    @Option(help: ArgumentHelp("For this user alone.", valueName: "id"))
    var user: String?

    @Flag(help: "For those who are connected now; not numbered, not logged.")
    var ephemeral = false

    @Option(help: ArgumentHelp("JSON, @FILE or - for stdin. [default: null]", valueName: "data"))
    var data: String?

    @Flag(help: "Print the server's answer as JSON.")
    var json = false

    func validate() throws {
        guard board == nil || user == nil else { throw ValidationError("--board and --user exclude each other") }
    }

    func run() async throws {
        let publication = PublicationDraft(
            type: type, board: board, user: user, isEphemeral: ephemeral, data: try PublicationData(data).read())
        let client = try options.client()
        try await Failure.naming(board.map { [$0] } ?? []) {
            let receipt = try PublicationReceipt(try await client.post("/api/publish", json: publication.json))
            if let line = json ? receipt.json : receipt.text { try StandardOutput.write(line) }
        }
    }
}
