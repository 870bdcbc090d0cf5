public import Events
public import NIOCore

/// Something that is read once and then kept true by events, on behalf of streams that are told of it and not of the
/// events themselves.
///
/// A value. It is told in steps: what streams have been told, and what has changed since.
public protocol StreamState: Sendable {
    /// The last number that it takes into account.
    var seq: Int { get }
    /// Whether it has lost too much to be told, and has to be read anew.
    var isShort: Bool { get }

    /// Takes an event into account; those up to ``seq`` have been already.
    mutating func apply(_ frame: EventFrame)

    /// What has changed since this was last asked, for streams that were told all before; nil when nothing has.
    ///
    /// - Parameter now: milliseconds since 1970.
    mutating func takeNews(at now: Int) -> ByteBuffer?

    /// All of it as it was last told, for a stream that was told nothing, or has missed something.
    func whole(at now: Int) -> ByteBuffer
}

/// A dialect whose streams are told of one ``StreamState``, which those of the same list and event loop share.
public protocol StateDialect: Dialect {
    /// Reads the state anew; it is thrown away with the last stream of its list.
    ///
    /// - Parameter before: the one that it takes the place of; what that has told counts as told.
    func read(_ selection: Selection, after before: (any StreamState)?) async throws -> any StreamState
}

extension StateDialect {
    public func tell(_ frame: EventFrame) -> Telling? { nil }
}
