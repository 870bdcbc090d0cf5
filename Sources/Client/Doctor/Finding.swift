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

    /// All of them in Prometheus' text format: 1 for what works, 0 for what does not; what is worth a look works.
    public static func metrics(_ findings: [Finding]) -> String {
        var text = """
            # HELP boardcast_doctor_ok Whether it worked, by what was examined.
            # TYPE boardcast_doctor_ok gauge

            """
        for finding in findings {
            let subject = finding.subject.lowercased().map { $0 == " " || $0 == "-" ? "_" : String($0) }.joined()
            text += "boardcast_doctor_ok{subject=\"\(subject)\"} \(finding.level == .failure ? 0 : 1)\n"
        }
        let isFine = !findings.contains { $0.level == .failure }
        return text + """
            # HELP boardcast_doctor_up Whether all of it worked.
            # TYPE boardcast_doctor_up gauge
            boardcast_doctor_up \(isFine ? 1 : 0)

            """
    }
}
