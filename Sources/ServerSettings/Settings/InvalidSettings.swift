/// Everything that is wrong with the configuration.
public struct InvalidSettings: Error, Equatable, CustomStringConvertible {
    /// The problems, at least one.
    public let problems: [SettingsProblem]

    init(_ problems: [SettingsProblem]) { self.problems = problems }
    init(_ problem: SettingsProblem) { self.init([problem]) }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
