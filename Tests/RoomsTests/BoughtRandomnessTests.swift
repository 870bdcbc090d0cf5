import Testing

@testable import Rooms

@Suite struct BoughtRandomnessTests {
    @Test func `no number is sold twice, whoever buys`() async {
        let numbers = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<2000).map { _ in BoughtRandomness().next() } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        // 16,000 of 2⁶⁴: that two are the same by chance is as likely as one in 10¹¹.
        #expect(Set(numbers).count == 16_000)
        let set = numbers.reduce(into: 0) { $0 += $1.nonzeroBitCount }
        #expect(500_000...524_000 ~= set, "half of the bits are set")
    }
}
