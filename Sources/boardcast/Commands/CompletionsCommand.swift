import ArgumentParser

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a shell's completions of this command.",
        discussion: """
            For bash, zsh or fish. The shell reads them when it starts, from a place of its own; the packages put them there.

            EXAMPLES
              boardcast completions bash > ~/.local/share/bash-completion/completions/boardcast
              boardcast completions zsh > ~/.zsh/completions/_boardcast    (a folder of $fpath)
              boardcast completions fish > ~/.config/fish/completions/boardcast.fish
            """)

    @Argument(
        help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"),
        completion: .list(CompletionShell.allCases.map(\.rawValue)),
        transform: { name in
            guard let shell = CompletionShell(rawValue: name) else { throw ValidationError(Self.choice) }
            return shell
        })
    var shell: CompletionShell?

    func run() throws {
        guard let shell else { throw ValidationError(Self.choice) }
        try StandardOutput.write(Boardcast.completionScript(for: shell))
    }

    private static let choice = "name a shell: \(CompletionShell.allCases.map(\.rawValue).joined(separator: ", "))"
}
