/// The epochs of one tenant's log: in which of them each number was given, and how far a cursor of each is valid.
///
/// A tenant has a span only for epochs in which it was given a number, so that a start costs nothing for all others.
public struct Epochs: Sendable, Equatable {
    /// The numbers above `after`, up to where the next span begins.
    public struct Span: Sendable, Equatable {
        public let epoch: Epoch
        public let after: Int

        public init(_ epoch: Epoch, after: Int) {
            self.epoch = epoch
            self.after = after
        }
    }

    /// The most spans that are held of a tenant; a log that has more reaches back no further than these.
    public static let most = 1024

    private var runs: Runs
    private var spans: [Span]

    /// - Parameter spans: in the order of their numbers, each of one of `runs`.
    public init(_ runs: Runs, spans: [Span] = []) {
        self.runs = runs
        self.spans = spans
    }

    /// A log that had only this epoch.
    public init(_ epoch: Epoch) { self.init(Runs([epoch])) }

    /// The epoch in which numbers are given now.
    public var current: Epoch { runs.current }

    /// Whether it is one of this database, as far as it was read.
    public func has(_ epoch: Epoch) -> Bool { runs.order[epoch] != nil }

    /// The epoch in which `seq` was given. That of 0, before the first event, is the database's first.
    public func epoch(of seq: Int) -> Epoch { spans.last { $0.after < seq }?.epoch ?? runs.first }

    public func cursor(at seq: Int) -> Cursor { Cursor(seq: seq, epoch: epoch(of: seq)) }

    /// Whether what had been numbered when `place` was given is still what the log holds under these numbers, or would.
    ///
    /// It is when the epoch is known and its number is not above where the next epoch began.
    ///
    /// - Parameter head: the newest number.
    func knows(_ place: Cursor, head: Int) -> Bool {
        guard let run = runs.order[place.epoch] else { return false }
        if let next = spans.first(where: { runs.order[$0.epoch, default: .max] > run }) {
            return place.seq <= next.after
        }
        return place.epoch == current || place.seq <= head
    }

    /// Notes that `seq` was given in `epoch`; numbers are noted in their order.
    public mutating func note(_ epoch: Epoch, at seq: Int) {
        guard epoch != self.epoch(of: seq) else { return }
        runs.note(epoch)
        spans.append(Span(epoch, after: seq - 1))
    }

    /// The lowest number that has its epoch here, of a log whose oldest number is `oldest`.
    ///
    /// The place before it has one too.
    public func oldest(_ oldest: Int) -> Int {
        spans.count < Self.most ? oldest : max(oldest, spans[0].after + 2)
    }
}

/// The runs of a database, in the order in which they began.
public struct Runs: Sendable, Equatable {
    /// The first of all is never forgotten: it is the epoch of the place before the first event.
    public let first: Epoch
    public private(set) var current: Epoch
    private(set) var order: [Epoch: Int]

    /// - Parameter epochs: one at least, the current one last.
    public init(_ epochs: [Epoch]) {
        first = epochs[0]
        current = epochs[epochs.count - 1]
        order = Dictionary(epochs.enumerated().map { ($1, $0) }) { _, later in later }
    }

    /// Takes in a run that began after all others.
    fileprivate mutating func note(_ epoch: Epoch) {
        guard order[epoch] == nil else { return }
        order[epoch] = order.count
        current = epoch
    }
}
