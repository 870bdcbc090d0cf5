import Client

extension Finding {
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

    /// Prints all of them, as JSON or a line for each.
    static func print(_ findings: [Finding], asJSON: Bool) throws {
        guard !asJSON else { return try StandardOutput.write(json(findings)) }
        let terminal = Terminal.standardOutput(environment: Environment.variables)
        for finding in findings { try StandardOutput.write(finding.line(on: terminal)) }
    }
}
