import Events
import TestSupport
import Testing

@Suite struct SelectionTests {
    static let a = BoardID("a")!
    static let b = BoardID("b")!
    static let kelvin = UserID("\u{212A}")!
    static let k = UserID("K")!

    private func event(_ audience: Audience, _ type: EventType = .taskCreated) -> Event {
        Event(
            tenant: TenantID("acme")!, seq: 1, epoch: ResumptionTests.epoch, audience: audience, type: type,
            timestamp: 0, json: Array("{}".utf8))
    }

    @Test func `all boards means every board, also one made later`() {
        let selection = Selection(boards: .all)
        #expect(selection.shows(event(.board(Self.a))))
        #expect(selection.shows(event(.board(BoardID("made-later")!))))
    }

    @Test func `some boards means those and no other`() {
        let selection = Selection(boards: .only([Self.a]))
        #expect(selection.shows(event(.board(Self.a))))
        #expect(!selection.shows(event(.board(Self.b))))
        #expect(!Selection(boards: .only([])).shows(event(.board(Self.a))))
    }

    @Test func `what is for everyone in the tenant is shown whatever the boards`() {
        #expect(Selection(boards: .all).shows(event(.tenant)))
        #expect(Selection(boards: .only([Self.a])).shows(event(.tenant)))
        #expect(Selection(boards: .only([])).shows(event(.tenant)))
    }

    @Test func `a user's own room is heard by that user alone`() {
        #expect(Selection(boards: .all, user: Self.k).shows(event(.user(Self.k))))
        #expect(!Selection(boards: .all, user: UserID("other")).shows(event(.user(Self.k))))
        #expect(!Selection(boards: .all).shows(event(.user(Self.k))))
        #expect(Selection(boards: .only([]), user: Self.k).shows(event(.user(Self.k))))
    }

    @Test func `a user whom Swift takes for another does not hear the other's room`() {
        #expect(!Selection(boards: .all, user: Self.kelvin).shows(event(.user(Self.k))))
        #expect(!Selection(boards: .all, user: Self.k).shows(event(.user(Self.kelvin))))
    }

    @Test(arguments: [Audience.board(a), .user(k), .tenant])
    func `the types narrow every audience`(audience: Audience) {
        let selection = Selection(boards: .all, user: Self.k, types: TypeFilter(list: "board.*")!)
        #expect(!selection.shows(event(audience, .taskCreated)))
        #expect(selection.shows(event(audience, .boardCreated)))
        #expect(selection.shows(audience, .boardDeleted))
    }

    @Test func `selections that show the same are equal, so that connections can share a list`() {
        #expect(Selection(boards: .only([Self.a, Self.b])) == Selection(boards: .only([Self.b, Self.a])))
        #expect(Selection(boards: .all) != Selection(boards: .only([Self.a, Self.b])))
        #expect(Selection(boards: .all, user: Self.k) != Selection(boards: .all, user: Self.kelvin))
    }
}

@Suite struct ResumptionTests {
    static let epoch = Epoch(rawValue: 0x9F03_C1AA)
    /// Numbers 11 to 20 are held.
    static let bounds = LogBounds(epochs: Epochs(epoch), head: 20, oldest: 11)

    private func resume(_ cursor: String?, in bounds: LogBounds = bounds) -> Resumption {
        Resumption(cursor: cursor, in: bounds)
    }

    @Test func `no cursor is live from the head`() {
        #expect(resume(nil) == .fresh)
        #expect(resume("") == .fresh)
    }

    @Test(arguments: [10, 11, 15, 19, 20])
    func `a cursor whose next event is still held is honoured`(seq: Int) {
        #expect(resume("\(seq)-9f03c1aa") == .replay(after: Cursor(seq: seq, epoch: Self.epoch)))
    }

    @Test(arguments: [0, 1, 9])
    func `a cursor that the log no longer reaches has expired`(seq: Int) {
        #expect(resume("\(seq)-9f03c1aa") == .resync(.cursorExpired))
    }

    @Test(arguments: [21, 22, Int.max])
    func `a cursor beyond the head is ahead`(seq: Int) {
        #expect(resume("\(seq)-9f03c1aa") == .resync(.cursorAhead))
    }

    @Test(arguments: [0, 15, 20, 21, Int.max])
    func `a cursor of another epoch tells nothing, whatever its number`(seq: Int) {
        #expect(resume("\(seq)-9f03c1ab") == .resync(.epochChanged))
    }

    @Test(arguments: ["15", " ", "15-9F03C1AA", "-1-9f03c1aa", "015-9f03c1aa", "15-9f03c1aa\n", "null", "0"])
    func `what is no cursor is malformed, not ignored`(cursor: String) {
        #expect(resume(cursor) == .resync(.cursorMalformed))
    }

    @Test func `a log that never had an event honours zero and nothing else`() {
        let empty = LogBounds(epochs: Epochs(Self.epoch), head: 0, oldest: 1)
        #expect(resume("0-9f03c1aa", in: empty) == .replay(after: Cursor(seq: 0, epoch: Self.epoch)))
        #expect(resume("1-9f03c1aa", in: empty) == .resync(.cursorAhead))
    }

    @Test func `a log that holds nothing any more honours its head`() {
        let trimmed = LogBounds(epochs: Epochs(Self.epoch), head: 20, oldest: 21)
        #expect(resume("20-9f03c1aa", in: trimmed) == .replay(after: Cursor(seq: 20, epoch: Self.epoch)))
        #expect(resume("19-9f03c1aa", in: trimmed) == .resync(.cursorExpired))
        #expect(trimmed.cursor == Cursor(seq: 20, epoch: Self.epoch))
    }

    @Test func `reasons are spelled as on the wire`() {
        #expect(ResyncReason.cursorExpired.rawValue == "cursor_expired")
        #expect(ResyncReason.cursorMalformed.rawValue == "cursor_malformed")
        #expect(ResyncReason.epochChanged.rawValue == "epoch_changed")
        #expect(ResyncReason.cursorAhead.rawValue == "cursor_ahead")
        #expect(CloseReason.tokenExpired.rawValue == "token_expired")
        #expect(CloseReason.serverDraining.rawValue == "server_draining")
        #expect(CloseReason.limitReached.rawValue == "limit_reached")
        #expect(CloseReason.stalled.rawValue == "stalled")
    }
}
