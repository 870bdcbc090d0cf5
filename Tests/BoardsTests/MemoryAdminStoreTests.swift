import Boards
import Contracts
import Testing

@Suite struct MemoryAdminStoreTests {
    @Test(arguments: AdminContract.all)
    func `keeps the contract of a store of administrators' acts`(_ contract: AdminContract) async throws {
        try await contract.check(MemoryAdminStore(limits: AdminContract.limits))
    }
}
