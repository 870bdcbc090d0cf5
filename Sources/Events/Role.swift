/// What a token's holder may do in its tenant.
public enum Role: String, Sendable, CaseIterable, Comparable {
    case viewer, member, service, admin

    /// Each role may do what the ones before it may.
    public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .member: 1
        case .service: 2
        case .admin: 3
        }
    }

    /// The role that is spelled exactly so, byte by byte.
    public init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) }) else { return nil }
        self = role
    }

    public func allows(_ permission: Permission) -> Bool {
        switch self {
        case .viewer: permission == .read
        case .member: permission == .read || permission == .write
        case .service: permission != .administer
        case .admin: true
        }
    }
}

/// One kind of thing to do in a tenant.
public enum Permission: String, Sendable, CaseIterable {
    case read, write, publish, jobs, administer
}

/// The token is valid, but its role does not allow this: HTTP's 403.
public struct PermissionDenied: Error, Equatable, CustomStringConvertible {
    public let role: Role
    public let permission: Permission

    public init(role: Role, permission: Permission) {
        self.role = role
        self.permission = permission
    }

    public var description: String { "the role \(role.rawValue) may not \(permission.phrase)" }
}

extension Permission {
    fileprivate var phrase: String {
        switch self {
        case .read, .write, .publish: rawValue
        case .jobs: "report on jobs"
        case .administer: "administer the tenant"
        }
    }
}
