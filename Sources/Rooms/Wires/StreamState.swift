public import Events
public import NIOCore

/// A state that is read once and then updated by events, for streams that are sent this state instead of events.
///
/// A value that records what streams were last sent, and what has changed since.
public protocol StreamState: Sendable {
    /// The number of the last event that it includes.
    var seq: Int { get }
    /// About the bytes of memory that it takes.
    var footprint: Int { get }
    /// Whether it no longer holds enough to be sent, and has to be read again.
    var isShort: Bool { get }

    /// Applies an event; events up to ``seq`` are included already.
    mutating func apply(_ frame: EventFrame)

    /// The changes since the last call, for streams that were sent everything before; nil when there are none.
    mutating func takeChanges(at now: Timestamp) -> ByteBuffer?

    /// The whole state as it was last sent, for a stream that was sent nothing yet, or has missed changes.
    func whole(at now: Timestamp) -> ByteBuffer
}

/// A dialect whose streams are sent one ``StreamState``, which those of the same list and event loop share.
public protocol StateDialect: Dialect {
    /// Reads the state from the store. It is discarded with the last stream of its list.
    ///
    /// - Parameter before: the state that it replaces; what that one has sent counts as sent.
    func read(_ selection: Selection, after before: (any StreamState)?) async throws -> any StreamState
}

extension StateDialect {
    public func encode(frame: EventFrame) -> Encoded? { nil }
}
