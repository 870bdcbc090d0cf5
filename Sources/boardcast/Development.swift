import Boards
import CommandLineTools
import Events
import Foundation
import StrictJSON
import Tokens

/// What `--dev` adds: a secret that is kept beside the database, a token, a sample board, and how to go on from there.
struct Development: Sendable {
    private static let tenant = TenantID("demo")!
    private static let user = UserID("dev")!
    /// 30 days.
    private static let life = 30 * 86_400

    let token: String

    /// Gives `settings` a secret if they have none, and signs a token with it.
    init(for settings: inout Settings) throws {
        if settings.auth.secret == nil {
            settings.auth.secret = Secret(try Self.secret(beside: settings.database.url))
        }
        let claims = #"{"sub":"\#(Self.user)","tenant":"\#(Self.tenant)","role":"admin","exp":\#(Clock.milliseconds() / 1000 + Self.life)}"#
        let key = try TokenKey(secret: settings.auth.secret!.bytes)
        token = try TokenSigner(key: key, algorithm: .hs256).sign(Array(claims.utf8))
    }

    /// 32 random bytes as text, readable for its owner alone; of an earlier start when there was one.
    private static func secret(beside database: DatabaseURL) throws -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let fresh = (0..<43).map { _ in alphabet.randomElement()! }
        guard case .sqlite(let path) = database else { return fresh }
        let file = path + ".secret"
        if let kept = FileManager.default.contents(atPath: file), kept.count >= 32 { return Array(kept) }
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(fresh), attributes: [.posixPermissions: 0o600])
        else { throw Failure(.usage, "can't write \(file), where --dev keeps its secret") }
        return fresh
    }

    /// Makes the sample board when there is nothing yet, and says where to look.
    func introduce(_ address: ListeningAddress, to store: any BoardStore) async {
        await makeSample(in: store)
        try? StandardOutput.write(
            """

            Open the board:  \(address)/#token=\(token)

            Then add a task from another terminal and watch it appear:

              export BOARDCAST_TOKEN=\(token)
              curl -X POST \(address)/api/tasks -H "Authorization: Bearer $BOARDCAST_TOKEN" \\
                -H "Content-Type: application/json" -d '{"name": "Hello, board"}'

            Follow the events, or see who is connected:

              \(CommandLine.arguments[0]) tail --url \(address)
              curl \(address)/sse/stats -H "Authorization: Bearer $BOARDCAST_TOKEN"

            """)
    }

    private func makeSample(in store: any BoardStore) async {
        let author = Author(tenant: Self.tenant, user: Self.user)
        guard let log = try? await store.bounds(of: Self.tenant), log.head == 0 else { return }
        for (name, status, priority, label) in Self.sample {
            let draft = #"{"name":"\#(name)","status":"\#(status)","priority":"\#(priority)","labels":["\#(label)"]}"#
            guard let object = try? JSONParser.parse(draft.utf8).object, let draft = try? TaskDraft(object) else { continue }
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
