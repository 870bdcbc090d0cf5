import StrictJSON

/// What a check has found about one thing.
public struct Finding: Sendable, Equatable {
    public enum Level: String, Sendable {
        case ok, warning, failure
    }

    /// `failure` when it does not work.
    public let level: Level
    /// What it is about, in a word or two.
    public let subject: String
    /// What was found, and what to change.
    public let text: String

    public init(_ level: Level, _ subject: String, _ text: String) {
        (self.level, self.subject, self.text) = (level, subject, text)
    }

    /// All of them, as one object in one line.
    public static func json(_ findings: [Finding]) -> String {
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
