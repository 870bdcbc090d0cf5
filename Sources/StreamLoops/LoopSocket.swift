/// A socket that a ``StreamLoop`` watches.
public protocol LoopSocket: AnyObject {
    /// Something has happened to it. Called on the loop.
    func ready(_ events: LoopEvents)
}

/// What is watched for, and what has happened (epoll_ctl(2)). A hang-up is always watched for.
public struct LoopEvents: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Bytes, or connections to be accepted.
    public static let readable = LoopEvents(rawValue: 0x001)
    public static let writable = LoopEvents(rawValue: 0x004)
    /// The peer sends nothing more.
    public static let inputClosed = LoopEvents(rawValue: 0x2000)
    /// The connection is gone.
    public static let gone = LoopEvents(rawValue: 0x008 | 0x010)
}

/// The place of a socket in its loop's table. One that was freed is not mistaken for the one that came after it.
public struct LoopPlace: Sendable, Equatable {
    let slot: UInt32
    let generation: UInt32

    var data: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}
