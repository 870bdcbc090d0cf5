import ArgumentParser

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version, as --version does.")

    func run() throws { try StandardOutput.write(Version.text) }
}
