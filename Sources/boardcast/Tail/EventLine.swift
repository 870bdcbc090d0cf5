import StrictJSON
import Text

/// Formats an event as one line for people: time, number, type, board, what it is about, what changed, and who did it.
struct EventLine: Sendable {
    let terminal: Terminal

    func text(_ event: JSONObject) -> String {
        let type = (event["type"]?.string ?? "?").printable
        let columns = [
            terminal.paint(time(of: event).padded(to: 20), .gray),
            (event["seq"]?.int.map { String($0) } ?? "-").paddedLeft(to: 6),
            terminal.paint(type.padded(to: 20), color(of: type)),
            (event["boardId"]?.string ?? "-").printable.padded(to: 12),
            subject(of: event),
        ]
        return String(columns.joined(separator: "  ").trimmingEnd)
    }

    private func color(of type: String) -> Terminal.Color {
        if type.hasSuffix(".created") || type.hasSuffix(".completed") { return .green }
        if type.hasSuffix(".deleted") || type.hasSuffix(".failed") { return .red }
        return .cyan
    }

    /// To the second, as `--json` has it to the millisecond.
    private func time(of event: JSONObject) -> String {
        let time = (event["timestamp"]?.string ?? "").printable
        return time.hasSuffix("Z") ? time.prefix { $0 != "." && $0 != "Z" } + "Z" : time
    }

    private func subject(of event: JSONObject) -> String {
        var words: [String] = []
        if let id = event["taskId"]?.int { words.append("#\(id)") }
        if let name = event["task"]?.object?["name"]?.string ?? event["board"]?.object?["name"]?.string {
            words.append(name.printable)
        } else if let user = event["userId"]?.string {
            words.append(user.printable)
        }
        if let users = event["users"]?.array { words += users.compactMap { $0.string?.printable } }
        if let job = event["job"]?.object { words += self.words(of: job) }
        if let from = event["previousStatus"]?.string, let to = event["newStatus"]?.string {
            words.append(terminal.paint("(\(from.printable) → \(to.printable))", .yellow))
        } else if let changes = event["changes"]?.object {
            words.append(terminal.paint("(\(ChangeWords(changes).text))", .yellow))
        }
        if let data = event["data"] {
            var json = JSONWriter()
            json.value(data)
            let text = String(decoding: json.bytes, as: UTF8.self).printable
            words.append(text.count > 120 ? text.prefix(119) + "…" : text)
        }
        if let actor = event["actor"]?.string { words.append(terminal.paint("by \(actor.printable)", .gray)) }
        return words.joined(separator: " ")
    }

    /// Its name, how far it is, and what is said about it.
    private func words(of job: JSONObject) -> [String] {
        let status = job["status"]?.string ?? ""
        let progress = status == "completed" ? nil : job["progress"]?.int.map { "\($0) %" }
        let message = job["error"]?.string ?? job["message"]?.string ?? ""
        return ["“\((job["name"]?.string ?? "").printable)”", status.printable, progress ?? "", message.printable]
            .filter { !$0.isEmpty }
    }
}

extension String {
    fileprivate var trimmingEnd: Substring {
        var rest = self[...]
        while rest.last == " " { rest = rest.dropLast() }
        return rest
    }
}
