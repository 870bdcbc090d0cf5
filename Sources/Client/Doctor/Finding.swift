import StrictJSON

/// What a check has found about one thing.
struct Finding: Equatable {
    enum Level: String {
        case ok, warning, failure
    }

    /// `failure` when the server would not start.
    let level: Level
    /// What it is about, in one word.
    let subject: String
    let text: String

    init(_ level: Level, _ subject: String, _ text: String) {
        (self.level, self.subject, self.text) = (level, subject, text)
    }

    /// A line for people.
    func line(on terminal: Terminal) -> String {
        let mark =
            switch level {
            case .ok: terminal.paint("✓", .green)
            case .warning: terminal.paint("!", .yellow)
            case .failure: terminal.paint("✗", .red)
            }
        return "\(mark) \(subject): \(text)"
    }

    /// All of them, as one object in one line.
    static func json(_ findings: [Finding]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.name("ok")
            json.bool(!findings.contains { $0.level == .failure })
            json.name("findings")
            json.array(findings) { json, finding in
                json.object { json in
                    json.name("level")
                    json.string(finding.level.rawValue)
                    json.name("subject")
                    json.string(finding.subject)
                    json.name("text")
                    json.string(finding.text)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
