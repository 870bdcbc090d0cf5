import ArgumentParser

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make and check tokens.",
        discussion: """
            EXAMPLES
              boardcast token mint --sub ann --tenant acme
              boardcast token verify - < token.txt
            """,
        subcommands: [MintCommand.self, VerifyCommand.self])
}
