import Boards
import Client
import Events
import Foundation
import Gateway
import ServerSettings
import StrictJSON
import Synchronization
import Tokens

/// The additions of `--dev`: a secret that is kept next to the database, a token, a sample board, and instructions on
/// stderr.
struct Development: Sendable {
    private static let tenant = TenantID("demo")!
    private static let user = UserID("dev")!

    /// Where the server listens, once it does.
    private final class Address: Sendable {
        let value = Mutex<String?>(nil)
    }

    /// Only what is wrong is logged, so that the instructions stay in sight.
    static let defaults = ["log.level": "warning"]

    private let token: String
    /// What the printed links stand for.
    let links: OneTimeLinks
    private let address = Address()
    /// The secret kept next to the database; nil when the settings have a secret of their own.
    private let secret: Secret?
    private let database: DatabaseURL

    /// Makes a secret if `settings` have none, and signs a token with it.
    ///
    /// - Throws: ``InvalidSettings`` when others can reach the server, ``Failure`` when the secret can't be kept.
    init(for settings: Settings) throws {
        try settings.requireLoopback()
        database = settings.database.url
        secret = settings.auth.secret == nil ? Secret(try Self.secret(beside: settings.database.url)) : nil
        var completed = settings
        completed.auth.secret = settings.auth.secret ?? secret
        token = try TokenDraft(
            subject: Self.user.rawValue, tenant: Self.tenant.rawValue, role: .admin, boards: [], claims: [],
            lifetime: Lifetime("30d")!, auth: completed.auth
        ).sign(with: completed.makeSigningKey(), at: .now())
        links = OneTimeLinks(token: token) { [address] code in
            guard let place = address.value.withLock({ $0 }) else { return }
            try? StandardOutput.write("That link is used. The next one:  \(place)/#link=\(code)")
        }
    }

    /// `settings`, with the secret that was made unless they have one of their own.
    func completing(_ settings: Settings) -> Settings {
        var settings = settings
        settings.auth.secret = settings.auth.secret ?? secret
        return settings
    }

    /// 32 random bytes as text, readable by its owner only; that of an earlier start if there was one.
    private static func secret(beside database: DatabaseURL) throws -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let fresh = (0..<43).map { _ in alphabet.randomElement()! }
        guard let file = database.developmentSecretFile else { return fresh }
        if let kept = FileManager.default.contents(atPath: file), kept.count >= 32 { return Array(kept) }
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(fresh), attributes: [.posixPermissions: 0o600])
        else { throw Failure(.usage, "can't write \(file), where --dev keeps its secret") }
        return fresh
    }

    /// Creates the sample board in an empty database, and prints where to look.
    func introduce(_ place: ListeningAddress, to store: any BoardStore) async {
        await makeSample(in: store)
        address.value.withLock { $0 = place.description }
        try? StandardOutput.write(
            """

            Open the board:  \(place)/#link=\(links.code)

            The link opens it once; from then on a new tab just opens, and \(place)/admin as well. Another link
            is printed here as soon as one was used.

            Then add a task from another terminal and watch it appear:

              export BOARDCAST_TOKEN=\(token)
              curl -X POST \(place)/api/tasks -H "Authorization: Bearer $BOARDCAST_TOKEN" \\
                -H "Content-Type: application/json" -d '{"name": "Hello, board"}'

            Follow the events, or see who is connected:

              \(CommandLine.arguments[0]) tail --url \(place)
              curl \(place)/sse/stats -H "Authorization: Bearer $BOARDCAST_TOKEN"

            Ctrl-C ends the server. The board stays in \(database), the key of its tokens beside it. Only warnings are
            logged; BOARDCAST_LOG_LEVEL=info logs requests as well.

            """)
    }

    private func makeSample(in store: any BoardStore) async {
        let author = Principal(tenant: Self.tenant, user: Self.user)
        guard let log = try? await store.bounds(of: Self.tenant), log.head == 0 else { return }
        for (name, status, priority, label) in Self.sample {
            let draft = #"{"name":"\#(name)","status":"\#(status)","priority":"\#(priority)","labels":["\#(label)"]}"#
            guard let object = try? JSONParser.parse(draft.utf8).object, let draft = try? TaskDraft(object) else {
                continue
            }
            _ = try? await store.write(.createTask(draft), by: author, once: nil)
        }
    }

    private static let sample = [
        ("Put the board on the office screen", "inbox", "low", "idea"),
        ("Ask for a token of your own", "inbox", "medium", "setup"),
        ("Connect your backend with POST /api/tasks", "in_progress", "high", "setup"),
        ("Read Docs/ARCHITECTURE.md", "review", "medium", "docs"),
        ("Start Boardcast", "done", "high", "setup"),
    ]
}
