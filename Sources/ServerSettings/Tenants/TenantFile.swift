public import Events
import StrictJSON

/// The settings of one tenant: `TENANT.yaml` in `tenants.directory`.
public struct TenantFile: Sendable, Equatable {
    /// The tenant that the file belongs to.
    public let tenant: TenantID
    /// Where it is, for messages.
    public let path: String
    /// The issuer whose tokens are for this tenant and for no other.
    public let issuer: String
    /// The general settings, overridden by the file's. The keys and the origins are the file's only.
    public let settings: Settings

    /// Keys that a tenant can set.
    static let keys: [SettingKey] = SettingKey.all.filter { names.contains($0.name) }

    private static let names: Set<String> = [
        "auth.issuer", "auth.secretFile", "auth.publicKeyFile", "auth.jwksFile", "auth.jwksURL", "auth.audience",
        "auth.algorithms", "auth.roleClaim", "auth.roles", "auth.defaultRole", "limits.connectionsPerTenant",
        "limits.connectionsPerUser", "limits.writesPerSecond",
        "limits.writeBurst", "http.corsOrigins", "events.retainCount", "events.retainSeconds",
        "signIn.issuer", "signIn.clientID", "signIn.scopes", "signIn.audience",
    ]

    /// - Throws: ``InvalidSettings`` with everything that is wrong with the file.
    init(_ path: String, of tenant: TenantID, over general: Settings) throws(InvalidSettings) {
        var settings = general
        settings.tenants = Settings.Tenants()
        settings.http.corsOrigins = []
        settings.signIn = Settings.SignIn()
        settings.auth = Settings.Auth()
        settings.auth.audience = general.auth.audience
        settings.auth.leeway = general.auth.leeway
        settings.auth.tenantClaim = general.auth.tenantClaim
        settings.auth.roles = general.auth.roles
        settings.auth.insecureJWKSHosts = general.auth.insecureJWKSHosts

        let file: SettingsFile
        do throws(SettingsProblem) {
            let bytes: [UInt8]
            do { bytes = try SmallFile.read(path) } catch { throw SettingsProblem.unreadable(error, key: nil) }
            file = try SettingsFile(bytes, path: path, keys: Self.keys)
        } catch { throw InvalidSettings(error) }
        var problems = file.problems
        for key in Self.keys {
            guard let text = file.values[key.name] else { continue }
            do { try key.set(text, &settings) } catch {
                problems.append(.badValue(of: key, text, origin: path, error))
            }
        }
        if file.values["auth.issuer"] == nil {
            problems.append(.badFile(path: path, line: nil, problem: "auth.issuer is missing"))
        }
        let names = ["auth.secretFile", "auth.publicKeyFile", "auth.jwksFile", "auth.jwksURL"]
        if names.allSatisfy({ file.values[$0] == nil }) {
            let problem = "the tenant needs a key of its own: set one of \(names.joined(separator: ", "))"
            problems.append(.badFile(path: path, line: nil, problem: problem))
        }
        if (settings.signIn.issuer == nil) != (settings.signIn.clientID == nil) {
            problems.append(.ofTenant(path: path, .halfASignIn))
        }
        if let signIn = settings.signIn.issuer, let issuer = settings.auth.issuer, !signIn.hasSameBytes(as: issuer) {
            problems.append(.ofTenant(path: path, .signInElsewhere(issuer: signIn)))
        }
        guard problems.isEmpty, let issuer = settings.auth.issuer else { throw InvalidSettings(problems) }
        (self.tenant, self.path, self.issuer, self.settings) = (tenant, path, issuer, settings)
    }
}
