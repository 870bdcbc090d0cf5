import Testing

@testable import Events

@Suite struct EpochsTests {
    static let names = (1...5).map { Epoch(rawValue: $0) }
    /// In the first two runs no number was given, in the third 1 to 50, in the fourth none, in the fifth 51 and on.
    static let epochs = Epochs(
        Runs(names), spans: [Epochs.Span(names[2], after: 0), Epochs.Span(names[4], after: 50)])

    private func resume(_ seq: Int, _ epoch: Epoch, head: Int = 60, oldest: Int = 1) -> Resumption {
        Resumption(
            Cursor(seq: seq, epoch: epoch), in: LogBounds(epochs: Self.epochs, head: head, oldest: oldest))
    }

    @Test func `a number's epoch is that of the run that gave it`() {
        for (seq, run) in [(0, 0), (1, 2), (50, 2), (51, 4), (1000, 4)] {
            #expect(Self.epochs.epoch(of: seq) == Self.names[run])
            #expect(Self.epochs.cursor(at: seq) == Cursor(seq: seq, epoch: Self.names[run]))
        }
        #expect(Self.epochs.current == Self.names[4])
    }

    @Test(arguments: [(0, 0), (0, 1), (0, 2), (50, 2), (0, 3), (50, 3), (51, 4), (60, 4), (1, 4)])
    func `a cursor counts up to where the next epoch began`(seq: Int, run: Int) {
        let place = Cursor(seq: seq, epoch: Self.names[run])
        #expect(resume(seq, Self.names[run]) == .replay(after: place))
    }

    @Test(arguments: [(1, 0), (1, 1), (51, 2), (60, 2), (1000, 2), (51, 3), (.max, 3)])
    func `a cursor beyond where the next epoch began is of a future that was lost`(seq: Int, run: Int) {
        #expect(resume(seq, Self.names[run]) == .resync(.epochChanged))
    }

    @Test func `a cursor of an unknown epoch counts for nothing`() {
        for seq in [0, 1, 50, 60, 61] {
            #expect(resume(seq, Epoch(rawValue: 6)) == .resync(.epochChanged))
            #expect(resume(seq, .unknown) == .resync(.epochChanged))
        }
    }

    @Test func `only the current epoch can be ahead`() {
        #expect(resume(61, Self.names[4]) == .resync(.cursorAhead))
        // Nothing was written since the fourth run, nor in the fifth.
        let epochs = Epochs(Runs(Self.names), spans: [Epochs.Span(Self.names[2], after: 0)])
        let bounds = LogBounds(epochs: epochs, head: 50, oldest: 1)
        for (run, expected) in [(2, ResyncReason.epochChanged), (3, .epochChanged), (4, .cursorAhead)] {
            #expect(Resumption(Cursor(seq: 51, epoch: Self.names[run]), in: bounds) == .resync(expected))
            let place = Cursor(seq: 50, epoch: Self.names[run])
            #expect(Resumption(place, in: bounds) == .replay(after: place))
        }
    }

    @Test func `a known epoch does not bring back what retention has taken`() {
        #expect(resume(30, Self.names[2], oldest: 41) == .resync(.cursorExpired))
        #expect(resume(51, Self.names[2], oldest: 41) == .resync(.epochChanged))
    }

    @Test func `what is noted as it is given is as if it had been there`() {
        var noted = Epochs(Runs(Array(Self.names[...2])))
        for seq in 1...50 { noted.note(Self.names[2], at: seq) }
        #expect(noted == Epochs(Runs(Array(Self.names[...2])), spans: [Epochs.Span(Self.names[2], after: 0)]))
        for seq in 51...60 { noted.note(Self.names[3], at: seq) }
        #expect(noted.current == Self.names[3] && noted.epoch(of: 50) == Self.names[2])
        #expect(noted.epoch(of: 51) == Self.names[3])
    }

    @Test func `a log of too many epochs reaches back to the oldest that is held`() {
        let names = (1...Epochs.most).map { Epoch(rawValue: UInt32($0)) }
        func epochs(_ count: Int) -> Epochs {
            Epochs(Runs(Array(names[..<count])), spans: names[..<count].enumerated().map { .init($1, after: $0 + 5) })
        }
        #expect(epochs(Epochs.most - 1).oldest(1) == 1)
        #expect(epochs(Epochs.most).oldest(1) == 7)
        #expect(epochs(Epochs.most).epoch(of: 6) == names[0])
        #expect(epochs(Epochs.most).oldest(100) == 100)
    }
}
