import ArgumentParser

struct JobCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Work that reports how it goes.", subcommands: [RunJobCommand.self])
}
