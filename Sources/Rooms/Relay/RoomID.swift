public import Events

/// A named ordered stream inside one tenant.
public struct RoomID: Sendable, Hashable {
    public let tenant: TenantID
    public let audience: Audience

    public init(tenant: TenantID, audience: Audience) {
        self.tenant = tenant
        self.audience = audience
    }
}
