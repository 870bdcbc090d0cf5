import Boards
import Contracts
import Testing

@Suite struct MemoryBoardStoreTests {
    @Test(arguments: StoreContract.all)
    func `keeps the contract of a store`(_ contract: StoreContract) async throws {
        try await contract.check { MemoryBoardStore(retention: $0, now: $1, uptime: $2, announce: $3) }
    }

    @Test(arguments: StoreContract.all)
    func `keeps the contract of a store, deciding on facts`(_ contract: StoreContract) async throws {
        try await contract.check {
            MemoryBoardStore(retention: $0, now: $1, uptime: $2, announce: $3, decidesOnFacts: true)
        }
    }
}
