import BoardcastClient
import Foundation

/// Follows a board by the Swift client, and prints what it is told, one JSON object a line: for the tests that all of our
/// clients pass (`Tests/EndToEnd/clients`).
@main
struct FollowBoard {
    struct Line: Encodable {
        var event: String?
        var seq: Int?
        var name: String?
        var state: String?
        var reason: String?
        var resync: String?
        var error: String?

        func write() {
            guard let json = try? JSONEncoder().encode(self) else { return }
            FileHandle.standardOutput.write(json + Data("\n".utf8))
        }
    }

    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let url = environment["BOARDCAST_URL"], let file = environment["TOKEN_FILE"] else {
            return print("BOARDCAST_URL and TOKEN_FILE are needed")
        }
        let boardcast = try Boardcast(url) { try String(contentsOfFile: file, encoding: .utf8) }
        do {
            for try await event in boardcast.events(boards: ["main"], since: environment["SINCE"], state: tell) {
                tell(event)
            }
        } catch BoardcastError.refused(let refusal) {
            Line(error: refusal.code).write()
            exit(1)
        } catch BoardcastError.ended(let reason) {
            Line(error: reason).write()
            exit(1)
        }
    }

    @Sendable static func tell(_ state: ConnectionState) {
        switch state {
        case .connecting: Line(state: "connecting").write()
        case .live: Line(state: "live").write()
        case .waiting(let reason): Line(state: "waiting", reason: reason).write()
        }
    }

    static func tell(_ event: BoardcastEvent) {
        switch event.content {
        case .resync(let reason): Line(resync: reason).write()
        case .task(let change): Line(event: event.type, seq: event.seq, name: change.task.name).write()
        default: if event.seq != nil { Line(event: event.type, seq: event.seq).write() }
        }
    }
}
