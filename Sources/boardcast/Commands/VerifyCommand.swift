import ArgumentParser
import Client
import Events
import ServerSettings
import Tokens

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a token and print what it says and comes to, or the rule that it breaks.",
        discussion: """
            Prints {"header":…,"claims":…,"tenant":…,"role":…} and exits 0, or says on stderr which rule is broken and \
            exits 3. Of tenant and role it says why they came out so, and which setting would change it. The settings are \
            those of --config and the environment, as for serve; so are the keys, which are fetched if they are at a URL, \
            unless --jwk or --key-file is given.

            EXAMPLES
              boardcast token verify --key-file secret "$TOKEN"
              boardcast token verify --config boardcast.yaml "$TOKEN"
              boardcast token verify --jwk key.json - < token.txt
              boardcast token verify --jwk key.json --signature-only "$JWS"
            """)

    @Option(help: ArgumentHelp("A JSON Web Key, or a set of them.", valueName: "file"))
    var jwk: String?

    @Option(help: ArgumentHelp("A JSON Web Key, a PEM key or certificate, or an HMAC secret.", valueName: "file"))
    var keyFile: String?

    @Option(help: ArgumentHelp("Settings as YAML.", valueName: "file"))
    var config: String?

    @Flag(help: "Check the signature of any compact JWS, whatever it covers: no claims, no dates.")
    var signatureOnly = false

    @Argument(help: "The token; - reads it from stdin.")
    var token: String

    func validate() throws {
        guard jwk == nil || keyFile == nil else { throw ValidationError("give --jwk or --key-file, not both") }
    }

    func run() async throws {
        var settings = try Settings.load(from: SettingsSources(environment: Environment.variables, file: config))
        let token = token == "-" ? readLine() ?? "" : token
        let verifier: TokenVerifier
        if let keys = try keys() {
            verifier = TokenVerifier(keys: KeySet(keys), rules: try settings.makeRules(for: keys), cacheCapacity: 0)
        } else {
            try settings.readTenants()
            verifier = try await Self.verifier(for: token, by: settings)
        }
        let report =
            try signatureOnly
            ? TokenReport.message(in: token, by: verifier)
            : TokenReport.claims(of: token, by: verifier, at: .now())
        try StandardOutput.write(report)
    }

    /// The verifier that the server would have, with those keys fetched that the token may need.
    private static func verifier(for token: String, by settings: Settings) async throws -> TokenVerifier {
        let verifier = try settings.makeVerifier(cacheCapacity: 0)
        guard let missing = verifier.missingKey(of: token[...]) else { return verifier }
        let urls = settings.keyURLs
        let own = urls.filter { $0.issuer != nil && $0.issuer == missing.issuer }
        var fetched: [KeyURL: [TokenKey]] = [:]
        for url in own.isEmpty ? urls.filter({ $0.issuer == nil }) : own {
            do { fetched[url] = try await KeyFetcher().fetch(url).keys } catch {
                StandardError.say("\(url.setting): \(error.message)")
            }
        }
        return try settings.makeVerifier(fetched: fetched, cacheCapacity: 0)
    }

    private func keys() throws(Failure) -> [TokenKey]? {
        if let jwk { return try KeyFile(jwk: jwk).keys }
        if let keyFile { return try KeyFile(keyFile).keys }
        return nil
    }
}
