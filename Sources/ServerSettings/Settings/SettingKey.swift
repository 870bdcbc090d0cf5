/// A key of the configuration: its name, which values it takes, and which property of ``Settings`` it sets.
public struct SettingKey: Sendable {
    /// The dotted name, as in the documentation: `limits.connectionsPerUser`.
    public let name: String
    /// Which values are allowed, for messages.
    let allowed: String
    /// Whether the value must not be shown.
    let isSecret: Bool
    /// Whether YAML may have a list here.
    let isList: Bool
    /// Sets the property to the value that a text stands for.
    let set: @Sendable (String, inout Settings) throws(Unfit) -> Void
    /// Whether both settings have the same value.
    let isSame: @Sendable (Settings, Settings) -> Bool

    init<Value: Equatable & Sendable>(
        _ name: String, _ property: any WritableKeyPath<Settings, Value> & Sendable, _ format: ValueFormat<Value>
    ) {
        self.init(name, format, isSame: { $0[keyPath: property] == $1[keyPath: property] }) { value, settings in
            settings[keyPath: property] = value
        }
    }

    /// The same for a property that is nil until it is set.
    init<Value: Equatable & Sendable>(
        _ name: String, _ property: any WritableKeyPath<Settings, Value?> & Sendable, _ format: ValueFormat<Value>
    ) {
        self.init(name, format, isSame: { $0[keyPath: property] == $1[keyPath: property] }) { value, settings in
            settings[keyPath: property] = value
        }
    }

    private init<Value: Sendable>(
        _ name: String, _ format: ValueFormat<Value>, isSame: @escaping @Sendable (Settings, Settings) -> Bool,
        store: @escaping @Sendable (Value, inout Settings) -> Void
    ) {
        self.name = name
        allowed = format.allowed
        isSecret = Value.self is Secret.Type
        isList = format.isList
        self.isSame = isSame
        set = { text, settings throws(Unfit) in store(try format.parse(text), &settings) }
    }

    /// The name of its environment variable: `BOARDCAST_LIMITS_CONNECTIONS_PER_USER`.
    public var environmentName: String {
        var name = ""
        var previous: Character = "."
        for letter in self.name {
            if letter.isUppercase, previous.isLowercase { name += "_" }
            name += letter == "." ? "_" : letter.uppercased()
            previous = letter
        }
        return Self.environmentPrefix + name
    }

    static let environmentPrefix = "BOARDCAST_"
}
