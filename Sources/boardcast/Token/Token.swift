import ArgumentParser

struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make and check tokens.",
        discussion: """
            EXAMPLES
              boardcast token mint --sub ann --tenant acme
              boardcast token verify - < token.txt
            """,
        subcommands: [Mint.self, Verify.self])
}
