import ArgumentParser
import Client
import Gateway
import Glibc
import Testing

@testable import boardcast

@Suite struct CommandTests {
    /// What the process would exit with when it can't make sense of `arguments`.
    private func exit(_ arguments: [String]) -> Exit? {
        do {
            _ = try Boardcast.parseAsRoot(arguments)
            return nil
        } catch {
            return Exit(of: error)
        }
    }

    @Test(arguments: [
        ["srve"], ["token", "mnt"], ["token", "mint"], ["token", "mint", "--sub", "u"], ["tail", "--bord", "x"],
        ["tail", "--token", "x"], ["tail", "--since", "a b"], ["tail", "--since", "42"], ["tail", "--since", "42-xyz"],
        ["completions", "tcsh"], ["stats", "--token", "x"], ["publish"],
        ["publish", "--type", "a.b", "--board", "b", "--user", "u"], ["publish", "--type", "a.b", "--token", "x"],
        ["serve", "extra"],
        ["serve", "--prot", "1"], ["token", "verify"], ["token", "verify", "--jwk", "a", "--key-file", "b", "t"],
        ["token", "mint", "--sub", "u", "--tenant", "t", "--ttl", "soon"],
        ["token", "mint", "--sub", "u", "--tenant", "t", "--alg", "none"],
        ["token", "mint", "--sub", "u", "--tenant", "t", "--role", "root"],
    ])
    func `wrong usage is exit 2`(arguments: [String]) {
        #expect(exit(arguments) == .usage)
    }

    @Test(arguments: [["--help"], ["--version"], ["serve", "--help"], ["token", "mint", "-h"], ["help", "tail"]])
    func `asking for help is exit 0`(arguments: [String]) throws {
        do {
            var command = try Boardcast.parseAsRoot(arguments)
            try command.run()
            Issue.record("not an exit")
        } catch {
            #expect(Exit(of: error) == .ok)
        }
    }

    @Test func `a build that was told its commit names it`() {
        #expect(Version.text("1.2.3", commit: "c9d7385") == "1.2.3 (c9d7385)")
        #expect(Version.text("1.2.3", commit: "") == "1.2.3")
    }

    @Test func `a port that is taken is named, with one to try`() {
        func words(_ code: Int32, _ port: Int) -> String {
            ListeningAddress(.network(host: "127.0.0.1", port: port), port: nil).failure(code).message
        }
        #expect(words(EADDRINUSE, 8788).contains("port 8788 of 127.0.0.1 is taken"))
        #expect(words(EADDRINUSE, 8788).hasSuffix("try --port 8789"))
        #expect(words(EADDRINUSE, 65535).hasSuffix("try --port 65534"))
        #expect(words(EACCES, 80).contains("CAP_NET_BIND_SERVICE"))
        #expect(words(EADDRNOTAVAIL, 80).contains("127.0.0.1 is no address of this machine"))
        #expect(words(EMFILE, 80) == "can't listen on http://127.0.0.1:80: too many open files")
    }

    @Test func `what went wrong decides the exit`() {
        #expect(Exit(of: Failure(.notFound, "x")) == .notFound)
        #expect(Exit(of: ValidationError("x")) == .usage)
        #expect(Exit(of: CancellationError()) == .unexpected)
        #expect(Exit(of: StandardOutput.Closed()) == .ok)
        #expect(exit(["token", "verify", "-"]) == nil)
        #expect(
            [400, 401, 403, 404, 409, 412, 413, 422, 429, 500, 503].map { Exit(Failure.Kind(status: $0)).rawValue } == [
                2, 3, 3, 4, 5, 5, 2, 2, 6, 7, 7,
            ])
    }

    @Test(
        arguments: [
            Boardcast.self, ServeCommand.self, TokenCommand.self, MintCommand.self, VerifyCommand.self,
            TailCommand.self, PublishCommand.self, StatsCommand.self,
        ] as [any ParsableCommand.Type])
    func `every command's help has an example that fits a terminal`(command: any ParsableCommand.Type) {
        let help = command.helpMessage(columns: 80)
        #expect(help.contains("EXAMPLES\n  "))
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE") })
    }
}
