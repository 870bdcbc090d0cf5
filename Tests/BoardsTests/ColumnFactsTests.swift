import Testing

@testable import Boards

@Suite struct ColumnFactsTests {
    private let ranks = Rank.spaced(6)

    private func entry(_ index: Int) -> ColumnFacts.Entry { .init(rank: ranks[index], id: index) }

    @Test func `the end of a column is not known from its beginning`() {
        var column = ColumnFacts()
        column.learn([entry(0), entry(1)], after: nil, isCut: true)
        #expect(column.last == Rank??.none)
        #expect(column.next(after: nil, without: 9) == .some(.some(ranks[0])))
        #expect(column.next(after: ranks[0], without: 9) == .some(.some(ranks[1])))
        // There may be another task of that rank, and many after it.
        #expect(column.next(after: ranks[1], without: 9) == Rank??.none)
        #expect(column.next(after: ranks[0], without: 1) == Rank??.none)
    }

    @Test func `the end is known as long as one of the last tasks is left`() {
        var column = ColumnFacts()
        column.learn([entry(5), entry(4)], after: nil, backwards: true, isCut: true)
        #expect(column.last == .some(.some(ranks[5])))
        column.remove(entry(5))
        #expect(column.last == .some(.some(ranks[4])))
        column.remove(entry(4))
        #expect(column.last == Rank??.none)
        column.insert(entry(5))
        #expect(column.last == .some(.some(ranks[5])))
    }

    @Test func `a column that is known as a whole may be empty`() {
        var column = ColumnFacts()
        column.learn([entry(0)], after: nil, isCut: false)
        column.remove(entry(0))
        #expect(column.isWhole && column.last == .some(.none))
        #expect(column.next(after: nil, without: 9) == .some(.none))
        #expect(ColumnFacts.empty.last == .some(.none) && ColumnFacts().last == Rank??.none)
    }
}
