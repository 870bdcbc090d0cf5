import ArgumentParser
import Client

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show who is connected, and which server it is. Needs an admin's token.",
        discussion: """
            EXAMPLES
              BOARDCAST_TOKEN=… boardcast stats
              boardcast stats --url https://boards.example.com --token-file token --json
            """)

    @OptionGroup var options: RemoteOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let client = try options.client()
        var report = ConnectionReport()
        var cursor: String?
        repeat {
            let query = [("limit", "1000")] + (cursor.map { [("cursor", $0)] } ?? [])
            cursor = try report.add(page: try await client.get("/sse/stats", query: query))
        } while cursor != nil
        if let server = try? await client.get("/api/server") { report.add(server: server) }
        try StandardOutput.write(json ? report.json : report.table)
    }
}
