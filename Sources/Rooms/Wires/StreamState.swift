public import Events
public import NIOCore

/// A state that is read once and then updated by events, for streams that are sent the state and not the events.
///
/// A value that knows what streams were last sent, and what has changed since.
public protocol StreamState: Sendable {
    /// The last number that it takes into account.
    var seq: Int { get }
    /// Whether it has lost too much to be sent, and has to be read anew.
    var isShort: Bool { get }

    /// Takes an event into account; those up to ``seq`` have been already.
    mutating func apply(_ frame: EventFrame)

    /// What has changed since the last call, for streams that were sent all before; nil when nothing has.
    ///
    /// - Parameter now: milliseconds since 1970.
    mutating func takeChanges(at now: Int) -> ByteBuffer?

    /// All of it as it was last sent, for a stream that was sent nothing, or has missed something.
    func whole(at now: Int) -> ByteBuffer
}

/// A dialect whose streams are sent one ``StreamState``, which those of the same list and event loop share.
public protocol StateDialect: Dialect {
    /// Reads the state anew; it is thrown away with the last stream of its list.
    ///
    /// - Parameter before: the one that it replaces; what that one has sent counts as sent.
    func read(_ selection: Selection, after before: (any StreamState)?) async throws -> any StreamState
}

extension StateDialect {
    public func encode(frame: EventFrame) -> Encoded? { nil }
}
