import ArgumentParser
import CommandLineTools
import Glibc

@main
struct Boardcast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "boardcast",
        abstract: "A realtime gateway: boards of tasks, and every change to them on every open page.",
        discussion: """
            EXAMPLES
              boardcast serve --dev                 a board to try out, and its URL
              boardcast token mint --sub ann --tenant acme --role admin
              boardcast tail --board main           every event, as it happens
              boardcast stats                       who is connected

            EXIT CODES
              0 ok, 2 usage or configuration, 3 auth, 4 not found, 5 conflict, 6 limited, 7 unreachable, 130 interrupted
            """,
        version: "0.1.0",
        subcommands: [Serve.self, Token.self, Tail.self, Stats.self])

    static func main() async {
        do {
            var command = try await asyncParseAsRoot()
            if !(command is Serve) { Interrupt.exitsAtOnce() }
            if var asyncCommand = command as? any AsyncParsableCommand {
                try await asyncCommand.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Says on stderr what went wrong, or on stdout what was asked for by `--help`, and exits as the contract has it.
    static func end(with error: any Error) -> Never {
        let exit = Exit(of: error)
        switch error {
        case is Failure, is InvalidSettings: StandardError.say("boardcast: \(error)")
        default:
            let text = fullMessage(for: error)
            if exit == .ok { try? StandardOutput.write(text) } else { StandardError.say(text) }
        }
        Glibc.exit(exit.rawValue)
    }
}

extension Exit {
    /// ArgumentParser's own refusals are of usage, as are settings that are wrong.
    init(of error: any Error) {
        switch error {
        case let failure as Failure: self = failure.exit
        case is InvalidSettings: self = .usage
        default: self = Boardcast.exitCode(for: error).isSuccess ? .ok : .usage
        }
    }
}

/// What Ctrl-C does to commands that have nothing to put in order.
enum Interrupt {
    static func exitsAtOnce() {
        signal(SIGINT) { _ in _exit(Exit.interrupted.rawValue) }
    }
}
