import Contracts
import TestSupport
import Testing

@testable import Boards

@Suite struct RankTests {
    @Test(arguments: 1...20)
    func `there is always a rank strictly between two, and it is well-formed`(_ seed: Int) {
        var dice = SplitMix(seed: UInt64(seed))
        var ranks: [Rank] = []
        for _ in 0..<1000 {
            // Low seeds squeeze near one place, so that fractions get long.
            let spread = seed <= 5 ? min(seed, ranks.count) : ranks.count
            let index = Int.random(in: 0...spread, using: &dice)
            let low = index > 0 ? ranks[index - 1] : nil
            let high = index < ranks.count ? ranks[index] : nil
            let rank = Rank.between(low, high)
            #expect(low.map { $0 < rank } != false && high.map { rank < $0 } != false)
            #expect(Rank(rank.rawValue) == rank)
            ranks.insert(rank, at: index)
        }
        #expect(ranks.map(\.rawValue) == ranks.map(\.rawValue).sorted())
    }

    @Test func `a hundred thousand tasks at either end cost four characters`() {
        var last = Rank.middle
        var first = Rank.middle
        for _ in 0..<100_000 {
            let next = Rank.between(last, nil)
            #expect(last < next)
            last = next
            let previous = Rank.between(nil, first)
            #expect(previous < first)
            first = previous
        }
        #expect(last.rawValue.utf8.count <= 4 && first.rawValue.utf8.count <= 4)
    }

    @Test func `spaced ranks ascend`() {
        let ranks = Rank.spaced(5000)
        #expect(ranks.count == 5000 && zip(ranks, ranks.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test(arguments: ["", "a", "0", "b0", "a00", "a0V0", "a-", "é0", "zz"])
    func `a text that is no rank is refused`(_ text: String) {
        #expect(Rank(text) == nil)
    }
}
