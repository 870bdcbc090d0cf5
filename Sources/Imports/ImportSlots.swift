public import Events
import Synchronization

/// Limits how many files are uploaded and imported at once, and how many bytes they have together, most of them on the
/// disk.
public final class ImportSlots: Sendable {
    public static let perTenant = 2
    /// Files of all tenants together.
    public static let most = 64
    /// The bytes that all files together may have.
    public let bytes: Int

    private struct State {
        var tenants: [TenantID: Int] = [:]
        var files = 0
        var bytes = 0
    }

    private let state = Mutex(State())

    /// - Parameter longest: bytes of the longest file; there is room for three of them at least.
    public init(longest: Int = 20 << 20) { bytes = max(64 << 20, 3 * longest) }

    /// Takes room for one file, until the slot is released.
    ///
    /// - Throws: ``ImportError/tenantIsBusy(limit:)`` when the tenant is at its limit, ``ImportError/noRoom`` when the
    ///   files of all tenants are at theirs.
    public func take(_ bytes: Int, for tenant: TenantID) throws(ImportError) -> ImportSlot {
        let error = state.withLock { state -> ImportError? in
            guard state.tenants[tenant, default: 0] < Self.perTenant else {
                return .tenantIsBusy(limit: Self.perTenant)
            }
            guard state.files < Self.most, state.bytes + bytes <= self.bytes else { return .noRoom }
            state.tenants[tenant, default: 0] += 1
            state.files += 1
            state.bytes += bytes
            return nil
        }
        if let error { throw error }
        return ImportSlot(of: self, bytes, tenant)
    }

    fileprivate func giveBack(_ bytes: Int, of tenant: TenantID) {
        state.withLock { state in
            state.bytes -= bytes
            state.files -= 1
            let left = state.tenants[tenant, default: 1] - 1
            state.tenants[tenant] = left == 0 ? nil : left
        }
    }
}

/// Room for one file; released with the last reference to it, however the upload or the import ended.
public final class ImportSlot: Sendable {
    private let slots: ImportSlots
    private let bytes: Int
    private let tenant: TenantID

    fileprivate init(of slots: ImportSlots, _ bytes: Int, _ tenant: TenantID) {
        (self.slots, self.bytes, self.tenant) = (slots, bytes, tenant)
    }

    deinit { slots.giveBack(bytes, of: tenant) }
}
