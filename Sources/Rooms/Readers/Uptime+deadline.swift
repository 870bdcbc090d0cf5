public import Events
public import NIOCore

/// The clock of the event loops is the one that moments are taken by.
extension Uptime {
    public init(_ deadline: NIODeadline) { self.init(nanoseconds: Int64(clamping: deadline.uptimeNanoseconds)) }
}

extension NIODeadline {
    /// A moment before the clock's beginning becomes its beginning.
    init(_ moment: Uptime) { self = .uptimeNanoseconds(UInt64(clamping: moment.nanoseconds)) }
}
