/// One value for every tenant, and others for some.
public struct PerTenant<Value: Sendable>: Sendable {
    /// For a tenant that has none of its own.
    public var standard: Value
    public var own: [TenantID: Value]

    public init(_ standard: Value, own: [TenantID: Value] = [:]) {
        self.standard = standard
        self.own = own
    }

    public subscript(tenant: TenantID) -> Value { own[tenant] ?? standard }
}
