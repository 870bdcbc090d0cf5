import ArgumentParser
import Client
import Glibc
import ServerSettings

@main
struct Boardcast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "boardcast",
        abstract: "A realtime gateway: boards of tasks, and every change to them on every open page.",
        discussion: """
            EXAMPLES
              boardcast serve --dev          a board to try out, and its URL
              boardcast check                whether serve would start, and what to change
              boardcast token mint --sub ann --tenant acme --role admin
              boardcast tail --board main    every event, as it happens
              boardcast publish --type a.b   an event of your own
              boardcast job run --name Import -- ./import.sh
                                             a command, reported as a job
              boardcast stats                who is connected
              boardcast doctor https://…     what stands in a stream's way
              boardcast import tasks.csv     tasks from a file
              boardcast backup copy.sqlite   a copy of the database, while the server runs
              boardcast restore copy.sqlite  the copy put back, while it does not
              boardcast completions bash     completions for a shell

            EXIT CODES
              0 ok, 2 usage or configuration, 3 auth, 4 not found, 5 conflict,
              6 limited, 7 unreachable, 130 interrupted
            """,
        version: Version.text,
        subcommands: [
            ServeCommand.self, CheckCommand.self, TokenCommand.self, TailCommand.self, PublishCommand.self,
            JobCommand.self,
            ImportCommand.self, StatsCommand.self, BackupCommand.self, RestoreCommand.self, DoctorCommand.self,
            CompletionsCommand.self, VersionCommand.self,
        ])

    static func main() async {
        do {
            var command = try await asyncParseAsRoot()
            if !(command is ServeCommand || command is ImportCommand) { Signals.endCommand() }
            if var asyncCommand = command as? any AsyncParsableCommand {
                try await asyncCommand.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Writes the error to stderr, or the help text to stdout, and exits with the documented code.
    static func end(with error: any Error) -> Never {
        let exit = Exit(of: error)
        switch (exit, error) {
        case (_, is StandardOutput.Closed): break
        case (.ok, _): try? StandardOutput.write(fullMessage(for: error))
        case (.usage, let error) where !(error is Failure || error is InvalidSettings):
            StandardError.say(fullMessage(for: error))
        default: StandardError.say("boardcast: \(error)")
        }
        Glibc.exit(exit.rawValue)
    }
}
