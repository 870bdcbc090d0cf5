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
    /// Whether YAML may have a mapping here.
    let isMapping: Bool
    /// Whether an empty text is a value, the empty list, rather than none.
    let mayBeEmpty: Bool
    /// Sets the property to the value that a text stands for.
    let set: @Sendable (String, inout Settings) throws(Unfit) -> Void
    /// Whether both settings have the same value.
    let isSame: @Sendable (Settings, Settings) -> Bool

    /// - Parameter check: looks at a value together with the settings that come before it in ``all``.
    init<Value: Equatable & Sendable>(
        _ name: String, _ property: any WritableKeyPath<Settings, Value> & Sendable, _ format: ValueFormat<Value>,
        check: @escaping @Sendable (Value, Settings) throws(Unfit) -> Void = { (_, _) throws(Unfit) in }
    ) {
        self.init(name, format, mayBeEmpty: format.isList, isSame: { $0[keyPath: property] == $1[keyPath: property] }) {
            value, settings throws(Unfit) in
            try check(value, settings)
            settings[keyPath: property] = value
        }
    }

    /// The same for a property that is nil until it is set.
    init<Value: Equatable & Sendable>(
        _ name: String, _ property: any WritableKeyPath<Settings, Value?> & Sendable, _ format: ValueFormat<Value>,
        check: @escaping @Sendable (Value, Settings) throws(Unfit) -> Void = { (_, _) throws(Unfit) in }
    ) {
        self.init(name, format, mayBeEmpty: false, isSame: { $0[keyPath: property] == $1[keyPath: property] }) {
            value, settings throws(Unfit) in
            try check(value, settings)
            settings[keyPath: property] = value
        }
    }

    private init<Value: Sendable>(
        _ name: String, _ format: ValueFormat<Value>, mayBeEmpty: Bool,
        isSame: @escaping @Sendable (Settings, Settings) -> Bool,
        store: @escaping @Sendable (Value, inout Settings) throws(Unfit) -> Void
    ) {
        self.name = name
        allowed = format.allowed
        isSecret = Value.self is Secret.Type
        isList = format.isList
        isMapping = format.isMapping
        self.mayBeEmpty = mayBeEmpty
        self.isSame = isSame
        set = { text, settings throws(Unfit) in try store(try format.parse(text), &settings) }
    }

    /// The name of its environment variable: `BOARDCAST_LIMITS_CONNECTIONS_PER_USER`. Capitals in a row are one word:
    /// `BOARDCAST_AUTH_INSECURE_JWKS_HOSTS`.
    public var environmentName: String { environmentName { $0.isLowercase || $1?.isLowercase == true } }

    /// The same for those who begin a word only after a small letter: `BOARDCAST_AUTH_INSECURE_JWKSHOSTS`.
    var otherEnvironmentName: String { environmentName { previous, _ in previous.isLowercase } }

    /// - Parameter begins: whether a capital begins a word, given the letters before and after it.
    private func environmentName(_ begins: (Character, Character?) -> Bool) -> String {
        var text = ""
        var previous: Character = "."
        for (index, letter) in zip(name.indices, name) {
            let next = name.index(after: index)
            if letter.isUppercase, previous != ".", begins(previous, next == name.endIndex ? nil : name[next]) {
                text += "_"
            }
            text += letter == "." ? "_" : letter.uppercased()
            previous = letter
        }
        return Self.environmentPrefix + text
    }

    static let environmentPrefix = "BOARDCAST_"
}
