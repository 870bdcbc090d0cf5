import Events
import StrictJSON
import Text
import Tokens

extension ValueFormat where Value == RoleMap {
    /// A mapping in YAML, which comes here as a JSON object; elsewhere that too, or `name=role` with commas between.
    static let roles = Self(
        "names of roles with what they mean here: viewer, member, service or admin; in the environment "
            + "boards-admin=admin,boards-user=member or a JSON object", isMapping: true
    ) { text throws(Unfit) in
        let pairs: [(name: String, role: String)]
        if text.trimmed.hasPrefix("{") {
            guard let object = try? JSONParser.parse(text.utf8).object else { throw Unfit("is not such a map") }
            pairs = object.members.map { (name: $0.name, role: $0.value.string ?? "") }
        } else {
            pairs = try text.split(separator: ",").map { pair throws(Unfit) -> (name: String, role: String) in
                guard let separator = pair.lastIndex(where: { $0 == "=" || $0 == ":" }) else {
                    throw Unfit("has “\(String(pair).printable)”, which is not name=role", showsText: false)
                }
                let (name, role) = (pair[..<separator], pair[pair.index(after: separator)...])
                return (String(String(name).trimmed), String(String(role).trimmed))
            }
        }
        var roles: [(name: String, role: Role)] = []
        for pair in pairs {
            guard !pair.name.isEmpty else { throw Unfit("has an empty name") }
            guard let role = Role(name: pair.role) else {
                let words = "has “\(pair.role.printable)” for “\(pair.name.printable)”, which is no role of ours"
                throw Unfit(words, showsText: false)
            }
            roles.append((pair.name, role))
        }
        guard let map = RoleMap(roles) else { throw Unfit("has a name twice") }
        return map
    }
}

extension ValueFormat where Value == TenantID {
    static let tenant = Self("a tenant: 1 to 64 characters of A-Z, a-z, 0-9, dot, underscore and hyphen") {
        text throws(Unfit) in
        guard let tenant = TenantID(text) else { throw Unfit("is no tenant's name") }
        return tenant
    }
}

extension ValueFormat where Value == ClaimPath {
    static let claim = Self("the name or dotted path of a claim") { text throws(Unfit) in
        guard !text.isEmpty else { throw Unfit("is empty") }
        return ClaimPath(text)
    }
}
