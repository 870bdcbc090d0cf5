import ArgumentParser
import Client
import Events
import Foundation
import ServerSettings
import Tokens

struct MintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mint",
        abstract: "Make a token and print it.",
        discussion: """
            Signs with the key of --key-file: a JSON Web Key, a PEM private key, or the bytes of an HMAC secret; without \
            it with auth.secret or auth.secretFile, as the environment (BOARDCAST_AUTH_SECRET) or the secrets directory \
            sets them; without these with boardcast.sqlite.secret, which serve --dev keeps beside its database.

            EXAMPLES
              boardcast token mint --sub ann --tenant acme --role admin
              boardcast token mint --sub bot --tenant acme --board main --ttl 7d
              boardcast token mint --sub ann --tenant acme --claim 'team="red"' \\
                --alg ES256 --key-file key.pem --kid 2026-01
            """)

    @Option(name: .customLong("sub"), help: ArgumentHelp("Whose token it is.", valueName: "user"))
    var subject: String

    @Option(help: "The tenant that the user is of.")
    var tenant: String

    @Option(
        help: "viewer (read), member (read and write), service (write, publish, jobs) or admin. [default: member]",
        transform: { name in
            guard let role = Role(name: name) else { throw ValidationError("must be viewer, member, service or admin") }
            return role
        })
    var role: Role?

    @Option(
        name: .customLong("board"), help: ArgumentHelp("A board that it is valid for. [default: all]", valueName: "id"))
    var boards: [String] = []

    @Option(
        help: ArgumentHelp("How long it lives: 90s, 15m, 1h, 7d. [default: 1h]", valueName: "time"),
        transform: { text in
            guard let lifetime = Lifetime(text) else {
                throw ValidationError("write 90s, 15m, 1h or 7d; ten years at most")
            }
            return lifetime
        })
    var ttl = Lifetime.hour

    @Option(
        name: .customLong("alg"),
        help: ArgumentHelp("HS256, ES256, EdDSA, … [default: the key's first]", valueName: "algorithm"),
        transform: { name in
            guard let algorithm = Algorithm(name: name) else {
                throw ValidationError("there are \(Algorithm.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return algorithm
        })
    var algorithm: Algorithm?

    @Option(help: ArgumentHelp("The key to sign with.", valueName: "file"))
    var keyFile: String?

    @Option(name: .customLong("kid"), help: ArgumentHelp("The key's id, for the header.", valueName: "id"))
    var keyID: String?

    @Option(name: .customLong("claim"), help: ArgumentHelp("One more claim.", valueName: "name=json"))
    var claims: [String] = []

    func run() throws {
        let settings = try Settings.load(from: SettingsSources(environment: Environment.variables))
        let draft = try TokenDraft(
            subject: subject, tenant: tenant, role: role, boards: boards, claims: claims, lifetime: ttl,
            auth: settings.auth)
        let token = try draft.sign(with: key(settings), algorithm: algorithm, keyID: keyID, at: .now())
        try StandardOutput.write(token)
    }

    private func key(_ settings: Settings) throws -> TokenKey {
        if let keyFile { return try KeyFile(keyFile).signer(keyID: keyID) }
        if settings.auth.secret == nil, settings.auth.secretFile == nil,
            let file = settings.database.url.developmentSecretFile, FileManager.default.fileExists(atPath: file)
        {
            StandardError.say("signed with \(file), the secret of serve --dev")
            return try KeyFile(file).signer(keyID: keyID)
        }
        return try settings.makeSigningKey()
    }
}
