import Events
import Testing

@testable import Imports

@Suite struct ImportSlotsTests {
    private func tenant(_ number: Int) -> TenantID { TenantID("t\(number)")! }

    @Test func `a tenant has two files at once, and another has its own`() throws {
        let slots = ImportSlots()
        var held = [try slots.take(1, for: tenant(1)), try slots.take(1, for: tenant(1))]
        #expect(throws: ImportError.tenantIsBusy(limit: 2)) { try slots.take(1, for: tenant(1)) }
        held.append(try slots.take(1, for: tenant(2)))
        held.removeFirst()
        #expect(throws: Never.self) { try slots.take(1, for: tenant(1)) }
    }

    @Test func `memory for all imports is bounded`() throws {
        let slots = ImportSlots()
        var held: [ImportSlot] = []
        for number in 1...3 { held.append(try slots.take(20 << 20, for: tenant(number))) }
        #expect(throws: ImportError.noRoom) { try slots.take(20 << 20, for: tenant(9)) }
        held.removeLast()
        #expect(throws: Never.self) { try slots.take(20 << 20, for: tenant(9)) }
    }
}
