import Events

extension Settings {
    /// Whether a running server takes another value of this key; a change of any other waits until it starts anew.
    static func isLive(_ key: SettingKey) -> Bool {
        key.name.hasPrefix("auth.") || key.name.hasPrefix("limits.")
            || ["http.corsOrigins", "http.trustedProxies", "tenants.directory"].contains(key.name)
    }

    /// The keys whose values differ from those in `running` and take effect only when the server is started anew, those of
    /// a tenant with its name.
    public func changesForRestart(since running: Settings) -> [String] {
        let keys = SettingKey.all.filter { !Self.isLive($0) && !$0.isSame(self, running) }.map(\.name)
        let names = Set((tenants.files + running.tenants.files).map(\.tenant.rawValue)).sorted()
        let ofTenants = names.filter { ownRetention(of: $0) != running.ownRetention(of: $0) }
        return keys + ofTenants.map { "events of \($0)" }
    }

    /// Nil when it is the same as for all.
    private func ownRetention(of tenant: String) -> Retention? {
        let own = tenants.files.first { $0.tenant.rawValue == tenant }?.settings.events
        return own == events ? nil : own
    }
}
