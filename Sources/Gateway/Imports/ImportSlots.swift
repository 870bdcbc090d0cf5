import Events
import HTTPTypes
import Synchronization

/// How many files may be uploaded and imported at once, and how much memory they may hold together.
final class ImportSlots: Sendable {
    static let perTenant = 2
    /// Bytes of all files at once.
    static let bytes = 64 << 20

    private struct State {
        var tenants: [TenantID: Int] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())

    /// Room for one file, until the slot is let go of.
    ///
    /// - Throws: ``Problem`` 429 when the tenant has as many as it may, 503 when there is no room for another.
    func take(_ bytes: Int, for tenant: TenantID) throws(Problem) -> ImportSlot {
        let problem = state.withLock { state -> Problem? in
            guard state.tenants[tenant, default: 0] < Self.perTenant else { return .importsRunning }
            guard state.bytes + bytes <= Self.bytes else { return .noRoomForImport }
            state.tenants[tenant, default: 0] += 1
            state.bytes += bytes
            return nil
        }
        if let problem { throw problem }
        return ImportSlot(of: self, bytes, tenant)
    }

    fileprivate func giveBack(_ bytes: Int, of tenant: TenantID) {
        state.withLock { state in
            state.bytes -= bytes
            let left = state.tenants[tenant, default: 1] - 1
            state.tenants[tenant] = left == 0 ? nil : left
        }
    }
}

/// Room for one file. Whichever way an upload or an import ends, with it goes its slot.
final class ImportSlot: Sendable {
    private let slots: ImportSlots
    private let bytes: Int
    private let tenant: TenantID

    fileprivate init(of slots: ImportSlots, _ bytes: Int, _ tenant: TenantID) {
        (self.slots, self.bytes, self.tenant) = (slots, bytes, tenant)
    }

    deinit { slots.giveBack(bytes, of: tenant) }
}

extension Problem {
    /// The connection goes too, so that a file that nobody wants need not be read.
    fileprivate static let importsRunning = Problem(
        .tooManyRequests, "imports_running", "\(ImportSlots.perTenant) imports of this tenant run already; try again."
    ).with(.retryAfter, "5").with(.connection, "close")

    fileprivate static let noRoomForImport = Problem(
        .serviceUnavailable, "busy", "There is no room for another import just now; try again."
    ).with(.retryAfter, "5").with(.connection, "close")
}
