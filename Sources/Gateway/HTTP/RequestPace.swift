import NIOCore

/// The speed at which a connection's requests arrive, and whether that is too slow. A value without a clock: events and
/// times are passed in.
///
/// A head has 10 s from its first byte. A body has 30 s, a second more for each 16 KiB that came, and never a pause of
/// 10 s. Of an answer 32 KiB have to be read each 60 s. Between requests a connection may rest for 120 s, before the
/// first for 10 s.
struct RequestPace {
    enum Verdict {
        case inTime
        /// A request has begun and takes too long to arrive.
        case slow
        /// No request is open and none arrives: the connection is closed without an answer.
        case silent
        /// The client reads too little of an answer.
        case unread
    }

    /// The time for a head, from its first byte to its end; also the time from the connection's start to the first
    /// byte.
    static let longestHead: TimeAmount = .seconds(10)
    /// The longest time between two pieces of a body.
    static let longestPause: TimeAmount = .seconds(10)
    /// The time for a whole body, plus one second for each ``bytesPerSecond`` bytes.
    static let leastForBody: TimeAmount = .seconds(30)
    static let bytesPerSecond: Int64 = 16_384
    /// The longest time between two requests.
    static let longestRest: TimeAmount = .seconds(120)
    /// The longest time for which the bytes of an answer may stay above the connection's bound: 32 KiB have to be read
    /// in it.
    static let longestUnread: TimeAmount = .seconds(60)
    /// The time from our last byte until the client must have closed the connection.
    static let longestFarewell: TimeAmount = .seconds(2)

    private enum Stage { case untouched, head, body, answer, rest, farewell }

    private var stage = Stage.untouched
    private var began: NIODeadline
    private var lastByte: NIODeadline
    private var bytes: Int64 = 0
    private var unreadSince: NIODeadline?

    init(at now: NIODeadline) { (began, lastByte) = (now, now) }

    private mutating func enter(_ stage: Stage, at now: NIODeadline) {
        self.stage = stage
        (began, lastByte, bytes) = (now, now, 0)
    }

    /// Notes that a part of a head has arrived.
    mutating func takePartOfHead(at now: NIODeadline) {
        if stage == .untouched || stage == .rest || stage == .answer { enter(.head, at: now) }
    }

    mutating func takeHead(at now: NIODeadline) { enter(.body, at: now) }

    mutating func takeBody(_ count: Int, at now: NIODeadline) {
        bytes += Int64(count)
        lastByte = now
    }

    /// - Parameter isAnswered: whether the request was answered already; an answer may precede the request's end.
    mutating func takeEnd(isAnswered: Bool, at now: NIODeadline) { enter(isAnswered ? .rest : .answer, at: now) }

    /// Notes whether the connection takes bytes of our answers for now.
    mutating func takesBytes(_ takes: Bool, at now: NIODeadline) { unreadSince = takes ? nil : unreadSince ?? now }

    /// Notes that the last answer has been sent.
    mutating func answered(at now: NIODeadline) { if stage == .answer { enter(.rest, at: now) } }

    /// Notes that a refusal was sent and the output closed, while the client may still be sending.
    mutating func sayFarewell(at now: NIODeadline) { enter(.farewell, at: now) }

    /// Since when there is no request to be answered: no byte has come yet, or no whole head, or nothing since the last
    /// answer. Nil while there is one, or its answer is still being read, and at the very beginning of a connection or of a
    /// head, the rest of which may be on its way.
    func idleSince(at now: NIODeadline) -> NIODeadline? {
        guard unreadSince == nil else { return nil }
        return switch stage {
        case .untouched, .head, .farewell: now - began >= Self.shortestIdle ? began : nil
        case .rest: began
        case .body, .answer: nil
        }
    }

    /// Since when nothing more of a body has come; nil in its first ``shortestPause``, and outside of bodies.
    func pausedSince(at now: NIODeadline) -> NIODeadline? {
        stage == .body && now - lastByte >= Self.shortestPause ? lastByte : nil
    }

    /// The time that a new connection, or a head that has begun, has for itself, whoever waits.
    static let shortestIdle: TimeAmount = .milliseconds(250)
    /// The same, for the next piece of a body.
    static let shortestPause: TimeAmount = .seconds(2)

    private var longestBody: TimeAmount { Self.leastForBody + .seconds(bytes / Self.bytesPerSecond) }

    private func isUnread(at now: NIODeadline) -> Bool {
        unreadSince.map { now - $0 >= Self.longestUnread } ?? false
    }

    func verdict(at now: NIODeadline) -> Verdict {
        switch stage {
        case .untouched: now - began >= Self.longestHead ? .silent : .inTime
        case .head: now - began >= Self.longestHead ? .slow : .inTime
        case .body:
            now - lastByte >= Self.longestPause || now - began >= longestBody ? .slow : .inTime
        case .answer: isUnread(at: now) ? .unread : .inTime
        case .rest: isUnread(at: now) ? .unread : now - began >= Self.longestRest ? .silent : .inTime
        case .farewell: now - began >= Self.longestFarewell ? .silent : .inTime
        }
    }
}
