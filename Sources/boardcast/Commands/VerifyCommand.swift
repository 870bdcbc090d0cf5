import ArgumentParser
import Client
import Events
import ServerSettings
import Tokens

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a token and print what it says, or the rule that it breaks.",
        discussion: """
            Prints {"header":…,"claims":…} and exits 0, or says on stderr which rule is broken and exits 3. Without --jwk \
            and --key-file the keys are those of the settings in the environment; the issuer, the audience and the like \
            always are.

            EXAMPLES
              boardcast token verify --key-file secret "$TOKEN"
              boardcast token verify --jwk key.json - < token.txt
              boardcast token verify --jwk key.json --signature-only "$JWS"
            """)

    @Option(help: ArgumentHelp("A JSON Web Key, or a set of them.", valueName: "file"))
    var jwk: String?

    @Option(help: ArgumentHelp("A JSON Web Key, a PEM key or certificate, or an HMAC secret.", valueName: "file"))
    var keyFile: String?

    @Flag(help: "Check the signature of any compact JWS, whatever it covers: no claims, no dates.")
    var signatureOnly = false

    @Argument(help: "The token; - reads it from stdin.")
    var token: String

    func validate() throws {
        guard jwk == nil || keyFile == nil else { throw ValidationError("give --jwk or --key-file, not both") }
    }

    func run() throws {
        let settings = try Settings.load(from: SettingsSources(environment: Environment.variables))
        let keys = try keys() ?? settings.makeKeys()
        let verifier = TokenVerifier(keys: KeySet(keys), rules: try settings.makeRules(for: keys), cacheCapacity: 0)
        let token = token == "-" ? readLine() ?? "" : token
        let report =
            try signatureOnly
            ? TokenReport.message(in: token, by: verifier)
            : TokenReport.claims(of: token, by: verifier, at: .now())
        try StandardOutput.write(report)
    }

    private func keys() throws(Failure) -> [TokenKey]? {
        if let jwk { return try KeyFile(jwk: jwk).keys }
        if let keyFile { return try KeyFile(keyFile).keys }
        return nil
    }
}
