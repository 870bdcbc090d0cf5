import Text
public import Tokens

extension TokenReasons {
    /// Why the tenant is this one, and which setting would change it.
    public var tenantWords: String {
        switch tenant {
        case .claim(let path): "the claim \(path.printable) names it (auth.tenantClaim)"
        case .issuer:
            "the token has no claim \(tenantClaim.printable), and its issuer is this tenant's (tenants.directory)"
        case .setting: "the token has no claim \(tenantClaim.printable) (auth.tenantClaim), and auth.tenant is this"
        }
    }

    /// Why the role is this one, and which setting would change it.
    public var roleWords: String {
        let claim = "the claim \(roleClaim.printable)"
        switch role {
        case .ours(let name): return "\(claim) says \(name) (auth.roleClaim)"
        case .mapped(let name): return "\(claim) says “\(name.printable)”, which auth.roles maps"
        case .absent:
            return "the token has no claim \(roleClaim.printable) (auth.roleClaim), and auth.defaultRole is this"
        case .unknown(let names):
            let some = names.prefix(10).map { "“\($0.printable)”" }.joined(separator: ", ")
            let said = names.isEmpty ? "no name" : some + (names.count > 10 ? " and \(names.count - 10) more" : "")
            return "\(claim) says \(said), of which auth.roles maps none; a name that means nothing here is a viewer's"
        }
    }
}
