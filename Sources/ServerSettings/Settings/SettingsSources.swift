/// Where settings come from: flags win over the environment, it over the secrets directory, that over the YAML file, that over
/// ``defaults``.
public struct SettingsSources: Sendable {
    /// A flag of the command line that stands for a key.
    public struct Flag: Sendable {
        public let name: String
        public let key: String
        public let text: String

        /// - Parameters:
        ///   - name: with its dashes, for messages.
        ///   - key: must be a known one.
        public init(_ name: String, sets key: String, to text: String) {
            self.name = name
            self.key = key
            self.text = text
        }
    }

    /// The flags that were given; of two for one key the last wins.
    public var flags: [Flag]
    /// All variables of the process.
    public var environment: [String: String]
    /// A directory with one file for each key, named after it: `auth.secret`.
    public var secretsDirectory: String?
    /// The YAML file, if there is one.
    public var file: String?
    /// What a way to start has by itself where none of the others says otherwise, by key.
    public var defaults: [String: String] = [:]

    /// - Parameter secretsDirectory: nil means the one that `BOARDCAST_SECRETS_DIRECTORY` names, if any. An empty
    ///   variable names none.
    public init(
        environment: [String: String], flags: [Flag] = [], secretsDirectory: String? = nil, file: String? = nil
    ) {
        self.flags = flags
        self.environment = environment
        let named = environment["BOARDCAST_SECRETS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
        self.secretsDirectory = secretsDirectory ?? named
        self.file = file
    }
}

extension SettingsSources {
    /// Variables with our prefix that are not settings.
    static let otherVariables: Set<String> = [
        "BOARDCAST_TOKEN", "BOARDCAST_URL", "BOARDCAST_SECRETS_DIRECTORY", "BOARDCAST_BIN",
    ]

    /// The content of one source: texts by the source's own names of keys, and the problems found.
    typealias Texts = (values: [String: String], problems: [SettingsProblem])

    /// The environment's variables with our prefix, and a problem for each that is not a setting.
    ///
    /// An empty one is unset, as those who write `${ISSUER:-}` mean it; where a list may be empty, it is the empty list.
    /// A line end after a value is not part of it, as in a file.
    func readEnvironment() -> Texts {
        let own = SettingKey.all.map { ($0.environmentName, $0) }
        let others = SettingKey.all.map { ($0.otherEnvironmentName, $0) }
        let known = Dictionary(own + others) { first, _ in first }
        var values: [String: String] = [:]
        var problems: [SettingsProblem] = []
        let ours = environment.filter { $0.key.hasPrefix(SettingKey.environmentPrefix) }
        for (name, text) in ours.sorted(by: { $0.key < $1.key }) {
            if ServiceVariable.isOne(name, text) { continue }
            if let key = known[name] {
                let text = text.withoutLastLineEnd
                if !text.isEmpty || key.mayBeEmpty { values[key.environmentName] = text }
            } else if !Self.otherVariables.contains(name) {
                let nearest = NearestKey.to(String(name.dropFirst(SettingKey.environmentPrefix.count)))
                problems.append(.unknownKey(name, origin: "environment", nearest: nearest.environmentName))
            }
        }
        return (values, problems)
    }

    /// The secrets by key, and a problem for each file that is not named after a key.
    func readSecrets() throws(SettingsProblem) -> Texts {
        guard let secretsDirectory else { return ([:], []) }
        var values: [String: String] = [:]
        var problems: [SettingsProblem] = []
        do {
            for name in try SmallFile.names(inDirectory: secretsDirectory) {
                if SettingKey.named(name) != nil {
                    values[name] = try SmallFile.readLine("\(secretsDirectory)/\(name)")
                } else {
                    let nearest = NearestKey.to(name).name
                    problems.append(.unknownKey(name, origin: "secrets directory", nearest: nearest))
                }
            }
        } catch {
            throw .unreadable(error, key: nil)
        }
        return (values, problems)
    }

    func readFile() throws(SettingsProblem) -> Texts {
        guard let file else { return ([:], []) }
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(file) } catch { throw .unreadable(error, key: nil) }
        let settings = try SettingsFile(bytes, path: file)
        return (settings.values, settings.problems)
    }
}
