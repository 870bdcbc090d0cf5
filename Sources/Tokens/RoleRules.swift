public import Events
import StrictJSON

/// How the role of a token is found.
public struct RoleRules: Sendable, Equatable {
    /// The claim that says it: a text, a list, an object whose members are the names, or a scope.
    public var claim: ClaimPath
    /// What the names of an issuer mean here.
    public var map: RoleMap
    /// The role of a token that names none.
    public var fallback: Role

    public init(claim: ClaimPath = "role", map: RoleMap = RoleMap(), fallback: Role = .member) {
        self.claim = claim
        self.map = map
        self.fallback = fallback
    }

    /// The highest role that the claim names; a name that means nothing here is a viewer's.
    func role(in payload: JSONObject) -> Role {
        guard let value = claim.value(in: payload) else { return fallback }
        let names = names(in: value)
        guard !names.isEmpty else { return fallback }
        return names.compactMap { $0.flatMap { role(named: $0, in: value) } }.max() ?? .viewer
    }

    /// All that the claim names. A scope is a list with spaces between (RFC 8693 §4.2); a name in any other claim may have
    /// spaces of its own.
    func names(in value: JSONValue) -> [String?] {
        guard claim.isScope, case .string(let text) = value else { return value.names }
        return text.split(separator: " ").map(String.init)
    }

    /// What one name in the claim's value means; nil when nothing.
    ///
    /// An issuer that does not know us may have an `admin` of its own, which is not ours: where the claim is another one
    /// than `role`, or there is a map, or the value is an object, only the map makes an `admin` or a `service`.
    func role(named name: String, in value: JSONValue) -> Role? {
        if let role = map[name] { return role }
        guard let role = Role(name: name) else { return nil }
        return role <= .member || map.isEmpty && claim == Self.ourClaim && value.object == nil ? role : nil
    }

    private static let ourClaim: ClaimPath = "role"

    /// A name that means this role, for a token to be made; nil when no token can say it.
    public func name(of role: Role) -> String? {
        if self.role(named: role.rawValue, in: .string(role.rawValue)) == role { return role.rawValue }
        return map.names(of: role).first
    }
}

/// What the role names of an issuer mean here. Names are compared by bytes.
public struct RoleMap: Sendable, Equatable {
    private let roles: [[UInt8]: Role]

    /// Maps nothing.
    public init() { roles = [:] }

    /// Nil when a name is there twice.
    public init?(_ pairs: [(name: String, role: Role)]) {
        var roles: [[UInt8]: Role] = [:]
        for pair in pairs {
            guard roles.updateValue(pair.role, forKey: Array(pair.name.utf8)) == nil else { return nil }
        }
        self.roles = roles
    }

    public var isEmpty: Bool { roles.isEmpty }

    subscript(name: String) -> Role? { roles.isEmpty ? nil : roles[Array(name.utf8)] }

    /// The names that mean this role, in the order of their bytes.
    func names(of role: Role) -> [String] {
        roles.filter { $0.value == role }.keys.sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
