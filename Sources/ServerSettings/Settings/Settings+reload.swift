import Events

extension Settings {
    /// Whether a running server applies a changed value of this key; other changes need a restart.
    static func isLive(_ key: SettingKey) -> Bool {
        key.name.hasPrefix("auth.") || key.name.hasPrefix("limits.") || key.name.hasPrefix("signIn.")
            || ["http.corsOrigins", "http.trustedProxies", "http.publicURL", "tenants.directory"].contains(key.name)
    }

    /// The keys whose values differ from those in `running` and take effect only after a restart; those of a tenant
    /// carry its name.
    public func changesForRestart(since running: Settings) -> [String] {
        let keys = SettingKey.all.filter { !Self.isLive($0) && !$0.isSame(self, running) }.map(\.name)
        let names = Set((tenants.files + running.tenants.files).map(\.tenant.rawValue)).sorted()
        let ofTenants = names.filter { ownRetention(of: $0) != running.ownRetention(of: $0) }
        return keys + ofTenants.map { "events of \($0)" }
    }

    /// The tenant's own retention; nil when it is the general one.
    private func ownRetention(of tenant: String) -> Retention? {
        let own = tenants.files.first { $0.tenant.rawValue == tenant }?.settings.events
        return own == events ? nil : own
    }
}
