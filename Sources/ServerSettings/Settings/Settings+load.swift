import Configuration

extension Settings {
    /// Reads the settings from `sources` and checks each value.
    ///
    /// - Throws: ``InvalidSettings`` with everything that is wrong.
    public static func load(from sources: SettingsSources) throws(InvalidSettings) -> Settings {
        var problems: [SettingsProblem] = []
        func take(_ read: () throws(SettingsProblem) -> SettingsSources.Texts) -> [String: String] {
            do {
                let texts = try read()
                problems += texts.problems
                return texts.values
            } catch {
                problems.append(error)
                return [:]
            }
        }
        let environment = take(sources.readEnvironment)
        let secrets = take(sources.readSecrets)
        let file = take(sources.readFile)

        // All values are texts, since a reader treats a value of another type as missing; all secret, since it writes
        // the others to the file that CONFIG_ACCESS_LOG_FILE names.
        let reader = ConfigReader(providers: [
            InMemoryProvider(texts: Dictionary(sources.flags.map { ($0.key, $0.text) }) { $1 }),
            InMemoryProvider(
                texts: Dictionary(
                    SettingKey.all.compactMap { key in environment[key.environmentName].map { (key.name, $0) } }
                ) {
                    $1
                }),
            InMemoryProvider(texts: secrets),
            InMemoryProvider(texts: file),
            InMemoryProvider(texts: sources.defaults),
        ])
        func origin(of key: SettingKey) -> String {
            if let flag = sources.flags.last(where: { $0.key == key.name }) { return flag.name }
            if environment[key.environmentName] != nil { return key.environmentName }
            return secrets[key.name] != nil ? "secrets directory" : sources.file ?? "file"
        }

        var settings = Settings()
        for key in SettingKey.all {
            guard let text = reader.string(forKey: ConfigKey(key.name)) else { continue }
            do { try key.set(text, &settings) } catch {
                problems.append(.badValue(of: key, text, origin: origin(of: key), error))
            }
        }
        if settings.http.proxyProtocol, settings.http.trustedProxies.isEmpty, settings.http.socketPath == nil {
            problems.append(.proxyProtocolOfNobody)
        }
        if (settings.http.tlsCertificateFile == nil) != (settings.http.tlsKeyFile == nil) {
            problems.append(.halfACertificate)
        }
        problems += settings.signInProblems
        if settings.ops.host != nil, settings.ops.port == nil { problems.append(.operatorsWithoutPort) }
        if settings.hasOneAddressForBoth { problems.append(.oneAddressForBoth(port: settings.http.port)) }
        guard problems.isEmpty else { throw InvalidSettings(problems) }
        return settings
    }
}

extension InMemoryProvider {
    fileprivate init(texts: [String: String]) {
        let values = texts.map { (AbsoluteConfigKey(ConfigKey($0)), ConfigValue(.string($1), isSecret: true)) }
        self.init(values: Dictionary(uniqueKeysWithValues: values))
    }
}
